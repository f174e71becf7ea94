'use strict';
// unpack gives the rows embedded in the page: base64 around gzip, JSON lines.
async function unpack() {
  const text = document.getElementById('tasks-data').textContent;
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const lines = (await new Response(stream).text()).split('\n');
  lines.pop();
  return lines.map(l => JSON.parse(l));
}
// plain replaces the numbers of column i by the text they stand for.
function plain(rows, i) {
  const known = [];
  for (const r of rows) {
    if (typeof r[i] === 'string') known.push(r[i]);
    else if (r[i] !== null) r[i] = known[r[i]];
  }
}
const unknown = '-';
function memory(n) {
  if (n === null) return unknown;
  if (n === 0) return '0';
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) { n /= 1024; i++; }
  return +n.toFixed(1) + ' ' + units[i];
}
function duration(ms) {
  if (ms === null) return unknown;
  if (ms < 1000) return Math.round(ms) + 'ms';
  if (ms < 60000) return +(ms / 1000).toFixed(1) + 's';
  let s = Math.round(ms / 1000), text = '';
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]]) {
    const n = Math.floor(s / size);
    s -= n * size;
    if (n) text += (text && ' ') + n + unit;
  }
  return text || '0s';
}
function moment(ms, epoch) {
  if (ms === null) return unknown;
  const d = new Date(ms + epoch), two = n => String(n).padStart(2, '0');
  return d.getFullYear() + '-' + two(d.getMonth() + 1) + '-' + two(d.getDate()) + ' ' + two(d.getHours()) + ':' + two(d.getMinutes()) + ':' + two(d.getSeconds());
}
function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}
function trouble(e) {
  const box = document.getElementById('view');
  box.textContent = 'The tasks cannot be shown: ' + e.message + '. A browser of 2023 or later is needed.';
}
