'use strict';
// Columns of a row, in the order in which the engine writes them.
const T = { process: 0, name: 1, status: 2, submit: 3, start: 4, complete: 5, realtime: 6, rss: 7 };
const view = document.getElementById('view'), found = document.getElementById('found'), epoch = +view.dataset.epoch;
const high = 22, axis = element('div', undefined, 'axis'), lines = element('div', undefined, 'lines');
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5, 1728e5, 6048e5];
let rows = [], shown = [], first = 0, last = 1, left = 200, wide = 800, colors = {};

// A cached task ran in an earlier run: its bar starts where this one found it.
const cached = r => r[T.status] === 'CACHED';
const place = ms => left + (ms - first) / (last - first) * wide;
function color(r) {
  if (cached(r)) return '#b4bccb';
  if (r[T.status] === 'FAILED') return 'var(--failed)';
  if (!(r[T.process] in colors)) colors[r[T.process]] = 'hsl(' + ((200 + Object.keys(colors).length * 137.5) % 330 + 20).toFixed(0) + ' 45% 52%)';
  return colors[r[T.process]];
}
function measure() {
  left = Math.min(360, Math.max(120, 30 + 6.6 * shown.reduce((n, r) => Math.max(n, r[T.name].length), 0)));
  wide = Math.max(300, view.clientWidth - left - 190);
  first = Infinity, last = -Infinity;
  for (const r of rows) if (!cached(r) && r[T.submit] !== null) { first = Math.min(first, r[T.submit]); last = Math.max(last, r[T.complete] ?? r[T.submit]); }
  if (first === Infinity) { first = 0; last = 1; }
  if (last <= first) last = first + 1;
  const step = steps.find(s => (last - first) / s <= 8) || steps[steps.length - 1];
  axis.replaceChildren();
  lines.querySelectorAll('.rule').forEach(e => e.remove());
  for (let t = 0; t <= last - first; t += step) {
    const mark = element('span', duration(t)), rule = element('div', undefined, 'rule');
    mark.style.left = rule.style.left = place(first + t) + 'px';
    axis.append(mark);
    lines.append(rule);
  }
}
function bar(className, from, to, fill) {
  const b = element('span', undefined, className);
  b.style.left = place(from) + 'px';
  b.style.width = Math.max(1, place(to) - place(from)) + 'px';
  b.style.background = fill;
  return b;
}
function draw() {
  const from = Math.max(0, Math.floor(view.scrollTop / high) - 5), to = Math.min(shown.length, from + Math.ceil(view.clientHeight / high) + 10);
  lines.querySelectorAll('.line').forEach(e => e.remove());
  lines.style.height = shown.length * high + 'px';
  for (let i = from; i < to; i++) {
    const r = shown[i], line = element('div', undefined, 'line'), fill = color(r);
    line.style.top = i * high + 'px';
    const name = element('span', r[T.name], 'name');
    name.style.width = (left - 20) + 'px';
    line.append(name);
    const facts = duration(r[T.realtime]) + (r[T.rss] ? ' / ' + memory(r[T.rss]) : '');
    line.title = r[T.name] + '\n' + r[T.status] + '\nsubmitted ' + moment(r[T.submit], epoch) + '\nended ' + moment(r[T.complete], epoch) + '\nran ' + facts;
    const note = element('span', cached(r) ? facts + ' / CACHED' : facts, 'facts');
    let end = place(first);
    if (cached(r)) {
      const b = bar('run', first, first, fill);
      b.style.width = '6px';
      line.append(b);
      end += 6;
    } else if (r[T.submit] !== null) {
      const start = r[T.start] ?? r[T.complete] ?? r[T.submit], stop = r[T.complete] ?? start;
      line.append(bar('wait', r[T.submit], start, fill), bar('run', start, stop, fill));
      end = Math.max(place(stop), place(start) + 1);
    }
    note.style.left = end + 'px';
    line.append(note);
    lines.append(line);
  }
}
function search() {
  const words = document.getElementById('search').value.toLowerCase().split(/\s+/).filter(w => w), group = document.getElementById('group').checked, seen = {};
  shown = rows.filter(r => words.every(w => r.text.includes(w)));
  rows.forEach(r => { if (!(r[T.process] in seen)) seen[r[T.process]] = Object.keys(seen).length; });
  shown.sort((a, b) => (group ? seen[a[T.process]] - seen[b[T.process]] : 0) || cached(b) - cached(a) || (a[T.submit] - b[T.submit]) || (a[T.start] - b[T.start]));
  found.textContent = shown.length.toLocaleString() + ' of ' + rows.length.toLocaleString() + ' tasks';
  measure();
  draw();
}
unpack().then(all => {
  plain(all, T.process);
  for (const r of all) r.text = (r[T.name] + ' ' + r[T.status]).toLowerCase();
  rows = all;
  rows.forEach(color);
  view.replaceChildren(axis, lines);
  view.onscroll = draw;
  addEventListener('resize', () => { measure(); draw(); });
  document.getElementById('search').oninput = search;
  document.getElementById('group').onchange = search;
  search();
}).catch(trouble);
