/** What a spreadsheet would take for a formula; an apostrophe before it makes it text. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

const NEEDS_QUOTES = /[",\r\n]/;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One record by RFC 4180, with its line end. Text that a spreadsheet would run is made harmless; null is empty. */
export const csvRecord = (values: readonly (string | number | null)[]): string =>
  `${values.map(cell).join(',')}\r\n`;
