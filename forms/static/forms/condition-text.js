/**
 * Conditions as rows: question, operator, value; all or any of them, and groups one level down.
 *
 * The expression is what is stored. `samsynConditions.parse` reads it as rows, or gives null for one that says more than
 * rows can; `samsynConditions.print` writes rows as an expression.
 */
(() => {
  const COMPARE = { "=": "is", "!=": "is_not", "<": "lt", "<=": "le", ">": "gt", ">=": "ge" };
  const SIGNS = Object.fromEntries(Object.entries(COMPARE).map(([sign, operator]) => [operator, sign]));
  const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)|(<=|>=|!=|[=<>(),[\]+*/-]))/y;

  const BY_ROW = ["any", "all"];
  const OF_ALL_ROWS = ["sum", "count"];

  /**
   * {all, parts}: each part is a row {name, operator, value} or, one level down, such a group itself. A row about a table
   * says also over what: any or all of its rows, the sum of a column, the count of its rows; and which column.
   */
  function parse(text) {
    try {
      const reader = new Reader(text);
      const tree = reader.either();
      if (!reader.isAtEnd) return null;
      return asGroup(tree);
    } catch {
      return null;
    }
  }

  function asGroup(tree) {
    if (!tree.parts) return { all: true, parts: [tree] };
    const parts = tree.parts.map((part) => (part.parts ? flat(part) : part));
    return parts.includes(null) ? null : { all: tree.all, parts };
  }

  function flat(group) {
    return group.parts.some((part) => part.parts) ? null : group;
  }

  function named(text) {
    const [name, column] = text.split(".");
    return column ? { name, column } : { name };
  }

  class Reader {
    constructor(text) {
      this.tokens = [];
      TOKEN.lastIndex = 0;
      const source = text.trim();
      while (TOKEN.lastIndex < source.length) {
        const match = TOKEN.exec(source);
        if (!match) throw new Error("not readable");
        const [, string, number, name, sign] = match;
        if (string !== undefined) this.tokens.push({ kind: "text", value: JSON.parse(string) });
        else if (number !== undefined) this.tokens.push({ kind: "number", value: number });
        else if (name !== undefined) this.tokens.push({ kind: "name", value: name });
        else this.tokens.push({ kind: "sign", value: sign });
      }
      this.at = 0;
    }

    get isAtEnd() {
      return this.at >= this.tokens.length;
    }

    next() {
      if (this.isAtEnd) throw new Error("ended");
      this.at += 1;
      return this.tokens[this.at - 1];
    }

    takes(value) {
      const token = this.tokens[this.at];
      if (!token || token.value !== value || !["sign", "name"].includes(token.kind)) return false;
      this.at += 1;
      return true;
    }

    must(value) {
      if (!this.takes(value)) throw new Error(`no ${value}`);
    }

    either() {
      const parts = [this.every()];
      while (this.takes("or")) parts.push(this.every());
      return parts.length === 1 ? parts[0] : { all: false, parts };
    }

    every() {
      const parts = [this.one()];
      while (this.takes("and")) parts.push(this.one());
      return parts.length === 1 ? parts[0] : { all: true, parts };
    }

    one() {
      if (this.takes("(")) {
        const inside = this.either();
        this.must(")");
        return inside;
      }
      if (this.takes("not")) return this.negated();
      return this.comparison();
    }

    peeks(value) {
      return this.tokens[this.at]?.kind === "sign" && this.tokens[this.at].value === value;
    }

    /** Only these have an operator of their own; not everything that can be negated has one. */
    negated() {
      const inBrackets = this.takes("(");
      const row = this.comparison();
      if (inBrackets) this.must(")");
      const opposite = { answered: "not_answered", has: "has_not", yes: "not_yes" }[row.operator];
      if (!opposite || row.over || (row.operator === "yes" && row.isSpelled)) throw new Error("not a row");
      return { ...row, operator: opposite };
    }

    comparison() {
      const name = this.next();
      if (name.kind !== "name") throw new Error("no question");
      if (this.peeks("(")) return this.called(name.value);
      return this.compared(named(name.value));
    }

    /** What is asked of a question or of the rows of a table: answered(…), any(…), all(…), sum(…), count(…). */
    called(work) {
      this.must("(");
      if (BY_ROW.includes(work)) {
        const row = this.one();
        this.must(")");
        if (!row.column || row.over || row.value?.kind === "question") throw new Error("not of one column");
        return { ...row, over: work };
      }
      const asked = this.next();
      this.must(")");
      if (asked.kind !== "name") throw new Error("no question");
      const about = named(asked.value);
      if (work === "answered") return { ...about, operator: "answered", value: null };
      if (!OF_ALL_ROWS.includes(work) || Boolean(about.column) !== (work === "sum")) throw new Error("another function");
      const row = this.compared({ ...about, over: work });
      if (!(row.operator in SIGNS)) throw new Error("no number");
      return row;
    }

    compared(about) {
      if (this.takes("contains")) {
        const item = this.next();
        if (item.kind !== "text") throw new Error("no option");
        return { ...about, operator: "has", value: { kind: "text", value: item.value } };
      }
      if (this.takes("in")) return { ...about, operator: "in", value: { kind: "texts", value: this.texts() } };
      const sign = this.tokens[this.at];
      if (!sign || !(sign.value in COMPARE)) return { ...about, operator: "yes", value: null };
      this.at += 1;
      const operator = COMPARE[sign.value];
      if (this.takes("missing")) {
        if (operator === "is") return { ...about, operator: "not_answered", value: null };
        if (operator === "is_not") return { ...about, operator: "answered", value: null };
        throw new Error("missing");
      }
      if (this.takes("true") && operator === "is") return { ...about, operator: "yes", value: null, isSpelled: true };
      if (this.takes("false") && operator === "is") return { ...about, operator: "no", value: null };
      return { ...about, operator, value: this.value() };
    }

    texts() {
      const found = [];
      this.must("[");
      do {
        const item = this.next();
        if (item.kind !== "text") throw new Error("no option");
        found.push(item.value);
      } while (this.takes(","));
      this.must("]");
      return found;
    }

    value() {
      const token = this.next();
      if (token.kind === "text" || token.kind === "number") return { kind: token.kind, value: token.value };
      if (token.kind !== "name" || ["true", "false", "not"].includes(token.value)) throw new Error("no value");
      if (token.value === "date") {
        this.must("(");
        const day = this.next();
        this.must(")");
        return { kind: "date", value: day.value };
      }
      if (token.value === "today") {
        this.must("(");
        this.must(")");
        return { kind: "today", value: "0" };
      }
      if (token.value === "add_days") {
        for (const part of ["(", "today", "(", ")", ","]) this.must(part);
        const count = this.next();
        if (count.kind !== "number") throw new Error("no number of days");
        this.must(")");
        return { kind: "today", value: count.value };
      }
      if (this.tokens[this.at]?.value === "(") throw new Error("a function");
      return { kind: "question", value: token.value };
    }
  }

  function print(group) {
    const between = group.all ? " and " : " or ";
    const parts = group.parts.map((part) => {
      if (!part.parts) return row(part);
      const inside = print(part);
      return part.parts.length > 1 && inside ? `(${inside})` : inside;
    });
    return parts.filter(Boolean).join(between);
  }

  function row({ name, over = "", column = "", operator, value }) {
    if (!name || !operator) return "";
    if (over === "sum" || over === "count") return compared(`${over}(${column ? `${name}.${column}` : name})`, operator, value);
    const said = compared(column ? `${name}.${column}` : name, operator, value);
    return over && said ? `${over}(${said})` : said;
  }

  function compared(name, operator, value) {
    if (operator === "answered") return `answered(${name})`;
    if (operator === "not_answered") return `not answered(${name})`;
    if (operator === "yes") return `${name} = true`;
    if (operator === "no") return `${name} = false`;
    if (operator === "not_yes") return `not ${name}`;
    const written = value && writtenValue(value);
    if (!written) return "";
    if (operator === "in") return `${name} in [${written}]`;
    if (operator === "has") return `${name} contains ${written}`;
    if (operator === "has_not") return `not ${name} contains ${written}`;
    return `${name} ${SIGNS[operator]} ${written}`;
  }

  function writtenValue({ kind, value }) {
    if (value === "" || value === null || value === undefined) return "";
    if (kind === "texts") return value.map(quoted).join(", ");
    if (kind === "text") return quoted(value);
    if (kind === "number") return String(value).trim().replaceAll(/[\s\u00a0]/g, "").replace(",", ".");
    if (kind === "date") return `date("${value}")`;
    if (kind === "today") return Number(value) ? `add_days(today(), ${Number(value)})` : "today()";
    return value;
  }

  function quoted(text) {
    return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  }

  window.samsynConditions = { parse, print };
})();
