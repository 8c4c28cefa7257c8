/** What a spreadsheet puts on the clipboard: cells divided by tabs, rows by line breaks, quotes around what holds these. */

/** Rows of cells, trimmed; null for a single cell, which is pasted as any text is. */
export function pasted(text) {
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!/[\t\n]/.test(plain)) return null;
  const rows = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/y;
  for (let found; cells.lastIndex <= plain.length && (found = cells.exec(plain)); ) {
    const quoted = found[1] === undefined ? found[2] : found[1].replaceAll('""', '"');
    rows.at(-1).push(quoted.replace(/\s+/g, " ").trim());
    if (found[3] === "\n") rows.push([]);
    if (found[3] === "") break;
  }
  return rows;
}
