'use strict';
// Columns of a row, in the order in which the engine writes them.
const C = { id: 0, process: 1, tag: 2, status: 3, hash: 4, exit: 5, attempt: 6, cpus: 7, memory: 8, time: 9, submit: 10, start: 11, complete: 12, realtime: 13, pcpu: 14, pmem: 15, rss: 16, vmem: 17, peakRss: 18, peakVmem: 19, rchar: 20, wchar: 21, read: 22, write: 23, native: 24, image: 25, queue: 26, action: 27, script: 28 };
const view = document.getElementById('view'), detail = document.getElementById('detail'), found = document.getElementById('found');
const epoch = +view.dataset.epoch, work = view.dataset.work;
const percent = v => v === null ? unknown : v.toFixed(1) + '%', text = v => v === null ? unknown : String(v);
const at = v => moment(v, epoch), lasted = r => r[C.complete] === null || r[C.submit] === null ? null : r[C.complete] - r[C.submit];
const dir = r => r[C.hash].replace(/0/g, '') === '' ? null : work + '/' + r[C.hash].slice(0, 2) + '/' + r[C.hash].slice(2);
const get = k => r => r[C[k]];
// [title, width, value of a row, how it is shown, number?]
const columns = [
  ['id', 60, get('id'), text, 1], ['process', 240, get('process'), text], ['tag', 140, get('tag'), text], ['status', 100, get('status'), text],
  ['hash', 90, r => r[C.hash].slice(0, 2) + '/' + r[C.hash].slice(2, 8), text], ['exit', 60, get('exit'), text, 1], ['attempt', 85, get('attempt'), text, 1],
  ['submit', 165, get('submit'), at], ['duration', 90, lasted, duration, 1], ['realtime', 90, get('realtime'), duration, 1],
  ['cpus', 60, get('cpus'), text, 1], ['%cpu', 80, get('pcpu'), percent, 1], ['memory', 90, get('memory'), memory, 1], ['%mem', 70, get('pmem'), percent, 1],
  ['peak rss', 90, get('peakRss'), memory, 1], ['peak vmem', 95, get('peakVmem'), memory, 1], ['rchar', 90, get('rchar'), memory, 1], ['wchar', 90, get('wchar'), memory, 1],
  ['native id', 90, get('native'), text], ['container', 220, get('image'), text],
];
const more = [
  ['time', get('time'), duration], ['start', get('start'), at], ['complete', get('complete'), at], ['rss', get('rss'), memory], ['vmem', get('vmem'), memory],
  ['read from disk', get('read'), memory], ['written to disk', get('write'), memory], ['queue', get('queue'), text], ['error action', get('action'), text],
];
const high = 26, width = columns.reduce((w, c) => w + c[1], 0), lay = columns.map(c => c[1] + 'px').join(' ');
let rows = [], shown = [], order = 0, down = false, raw = false, chosen = null;
const body = element('div'), head = element('div', undefined, 'head');

function show(c, v) { return raw ? text(v) : c[3](v); }
function draw() {
  const from = Math.max(0, Math.floor(view.scrollTop / high) - 5), to = Math.min(shown.length, from + Math.ceil(view.clientHeight / high) + 10);
  body.replaceChildren();
  body.style.height = (shown.length * high) + 'px';
  for (let i = from; i < to; i++) {
    const r = shown[i], line = element('div', undefined, 'row' + (r === chosen ? ' chosen' : ''));
    line.style.gridTemplateColumns = lay;
    line.style.transform = 'translateY(' + i * high + 'px)';
    for (const c of columns) {
      const cell = element('span', show(c, c[2](r)), c[4] ? 'n' : '');
      if (c[0] === 'status') cell.className = 'state ' + ({ COMPLETED: 'succeeded', CACHED: 'cached', FAILED: 'failed', ABORTED: 'aborted' }[r[C.status]] || 'stored');
      else cell.title = cell.textContent;
      line.append(cell);
    }
    line.onclick = () => { chosen = r === chosen ? null : r; explain(); draw(); };
    body.append(line);
  }
}
function explain() {
  detail.replaceChildren();
  if (!chosen) return;
  detail.append(element('strong', chosen[C.process] + (chosen[C.tag] === null ? '' : ' (' + chosen[C.tag] + ')')));
  const list = element('dl', undefined, 'facts');
  for (const c of columns.slice(3).map(c => [c[0], c[2], c[3]]).concat(more, [['work directory', dir, text]])) {
    const v = c[1](chosen);
    if (v !== null) list.append(element('dt', c[0]), element('dd', raw ? text(v) : c[2](v)));
  }
  detail.append(list);
  if (chosen[C.script] !== null) detail.append(element('pre', chosen[C.script]));
}
function sort() {
  const value = columns[order][2], sign = down ? -1 : 1;
  shown.sort((a, b) => {
    const x = value(a), y = value(b);
    if (x === y) return a[C.id] - b[C.id];
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * sign;
  });
  head.querySelectorAll('button').forEach((b, i) => { b.setAttribute('aria-sort', i === order ? (down ? 'descending' : 'ascending') : 'none'); b.textContent = columns[i][0] + (i === order ? (down ? ' ▾' : ' ▴') : ''); });
}
function search(what) {
  const words = what.toLowerCase().split(/\s+/).filter(w => w);
  shown = rows.filter(r => words.every(w => r.text.includes(w)));
  found.textContent = shown.length.toLocaleString() + ' of ' + rows.length.toLocaleString() + ' tasks';
  sort();
  draw();
}
unpack().then(all => {
  plain(all, C.process);
  plain(all, C.image);
  for (const r of all) {
    if (r[C.realtime] === true) r[C.realtime] = r[C.complete];
    if (r[C.start] !== null) r[C.start] += r[C.submit];
    if (r[C.complete] !== null) r[C.complete] += r[C.start];
  }
  for (const r of all) r.text = [r[C.process], r[C.tag], r[C.status], r[C.hash].slice(0, 2) + '/' + r[C.hash].slice(2), r[C.image], r[C.native], r[C.script]].join(' ').toLowerCase();
  rows = all;
  head.style.gridTemplateColumns = lay;
  columns.forEach((c, i) => {
    const b = element('button', c[0], c[4] ? 'n' : '');
    b.onclick = () => { down = order === i && !down; order = i; sort(); draw(); };
    head.append(b);
  });
  body.style.width = head.style.width = width + 'px';
  body.style.position = 'relative';
  view.replaceChildren(head, body);
  view.style.height = Math.min(560, rows.length * high + 52) + 'px';
  view.onscroll = draw;
  const box = document.getElementById('search');
  box.oninput = () => search(box.value);
  document.getElementById('raw').onchange = e => { raw = e.target.checked; explain(); draw(); };
  search('');
}).catch(trouble);
