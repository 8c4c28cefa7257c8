/** Numbers as people type and read them; every one is exact, none is ever a float. */

/** What somebody typed as plain digits ("12 500,50 kr" is "12500.50"), by the rules of forms/fields/numbers.py. */
export function numeral(text) {
  let plain = text.replace(/(kronor|kr\.?|sek|:-|%)$/i, "").replace(/[\s\u00a0\u202f']/g, "");
  plain = plain.replace(/[\u2212\u2013]/g, "-").replace(/^\+/, "");
  if (plain.includes(",") && plain.includes(".")) {
    plain = plain.replaceAll(plain.lastIndexOf(",") > plain.lastIndexOf(".") ? "." : ",", "");
  } else if (/^-?[1-9]\d{0,2}[.,]\d{3}$/.test(plain)) return null; // thousands, or three decimals? It is not guessed.
  plain = plain.replace(",", ".");
  return /^-?\d{1,20}(\.\d{1,10})?$/.test(plain) ? plain : null;
}

/** A numeral as people read it in the language of the page. */
export function numberText(value, { decimals = "0", unit = "" } = {}) {
  if (value === undefined || value === null) return "–";
  const swedish = document.documentElement.lang.startsWith("sv");
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, swedish ? "\u00a0" : ",");
  const kept = fraction.padEnd(Number(decimals), "0");
  return `${sign}${grouped}${kept ? (swedish ? "," : ".") + kept : ""}${unit ? `\u00a0${unit}` : ""}`;
}

/** What one typed text is for a calculation of that type; null for nothing. */
export function cell(type, text) {
  const value = text.trim();
  if (type === "number") return numeral(value);
  if (type === "date") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : null;
  if (type === "boolean") return { yes: true, no: false }[value] ?? null;
  return value || null;
}
