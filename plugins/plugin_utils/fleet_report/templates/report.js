// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the data of the page: filters in the URL's fragment, tables with virtual rows, a panel with details, export as CSV.
// Text of hosts goes into the page through text nodes and attributes only, never as HTML.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const SEVERITIES = data.severities.map((row) => row[0]);
  const STATUSES = data.statuses.map((row) => row[0]);
  const NOT_REACHED = ["failed", "unreachable", "no_result"];
  const VIEWS = ["overview", "findings", "hosts", "matrix", "pythons", "packages"];
  const FIELDS = ["q", "host", "status", "severity", "rule", "group", "change"];
  const CHIPS = ["provider", "python", "package"];
  const LIST_LIMIT = 400;
  document.documentElement.classList.add("js");

  // ---- Elements ----
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === false || value === null || value === undefined) continue;
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key === "style") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  }
  const hidden = (text) => el("span", { class: "hidden" }, text);
  function severitySign(number) {
    const [key, sign] = data.severities[number];
    return el("span", { class: "sign " + key, title: key }, el("span", { "aria-hidden": "true" }, sign), hidden(key));
  }
  function statusBadge(number) {
    const [key, label, sign] = data.statuses[number];
    return el("span", { class: "badge " + key }, el("span", { "aria-hidden": "true" }, sign + " "), label);
  }
  const format = (number) => number.toLocaleString("en");
  const plural = (number, word) => format(number) + " " + word + (number === 1 ? "" : "s");
  const collator = new Intl.Collator("en", { numeric: true });

  // ---- Records ----
  const rules = data.rules.map(([key, severity, title, meaning, cure, source]) => ({ key, severity, title, meaning, cure, source }));
  const findings = data.findings.map(([rule, severity, subject, message, evidence, cure], index) => ({
    index, rule, severity, subject, message, evidence, cure, group: 0,
    text: [rules[rule].key, subject, message, evidence.join(" "), cure].join("\n").toLowerCase(),
  }));
  const subjects = [];
  const subjectNumbers = new Map();
  for (const finding of findings) {
    const id = rules[finding.rule].key + ":" + finding.subject;
    if (!subjectNumbers.has(id)) {
      subjectNumbers.set(id, subjects.length);
      subjects.push({ id, rule: finding.rule, severity: finding.severity, subject: finding.subject, variants: [] });
    }
    finding.group = subjectNumbers.get(id);
    subjects[finding.group].variants.push(finding);
    subjects[finding.group].severity = Math.min(subjects[finding.group].severity, finding.severity);
  }
  const hosts = data.hosts.map(([name, groups, status, message, time, rows, waivers, notes, places, fresh], index) => ({
    index, name, groups, status, message, time, findings: rows, waivers: waivers || {}, notes, places,
    fresh: fresh.length ? new Set(fresh) : null,
    text: (name + "\n" + groups.map((group) => data.groups[group]).join("\n") + "\n" + message).toLowerCase(),
  }));
  const hostNumbers = new Map(hosts.map((host) => [host.name, host.index]));
  const places = data.places.map(([kind, path, version, implementation, provider, detail, set]) => ({ kind, path, version, implementation, provider, detail, set }));
  const minor = (version) => (/^\d+\.\d+/.exec(version) || [""])[0];
  const IMPLEMENTATIONS = { cpython: "", "": "", pypy: "PyPy ", graalpy: "GraalPy " };
  const label = (place) => (place.implementation in IMPLEMENTATIONS ? IMPLEMENTATIONS[place.implementation] : place.implementation + " ") + minor(place.version);
  for (const place of places) place.label = label(place);

  // ---- State, in the URL's fragment ----
  let state = {};
  function readState() {
    const query = new URLSearchParams(location.hash.slice(1));
    state = { view: VIEWS.includes(query.get("view")) ? query.get("view") : "overview" };
    for (const key of [...FIELDS, ...CHIPS, "open", "sort", "find"]) state[key] = query.get(key) || "";
  }
  function fragment(changes) {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries({ ...state, ...changes })) if (value) query.set(key, value);
    return "#" + query.toString();
  }
  function go(changes, replace) {
    const target = fragment(changes);
    history[replace ? "replaceState" : "pushState"](null, "", target);
    update();
  }

  // ---- Filters ----
  function globTest(pattern) {
    if (!pattern) return null;
    const parts = pattern.toLowerCase().split("*");
    return (name) => {
      let at = 0;
      for (let number = 0; number < parts.length; number += 1) {
        const found = name.indexOf(parts[number], at);
        if (found < 0 || (number === 0 && parts.length > 1 && found !== 0)) return false;
        at = found + parts[number].length;
      }
      return parts.length === 1 || parts[parts.length - 1] === "" || name.endsWith(parts[parts.length - 1]);
    };
  }
  const packageKey = (row) => row[0] + " " + row[1];
  let setsDecoded = null;
  function packageSets() {
    if (!setsDecoded) {
      setsDecoded = data.package_sets.map((deltas) => {
        let sum = 0;
        return Uint32Array.from(deltas, (delta) => (sum += delta));
      });
    }
    return setsDecoded;
  }
  function placesWithPackage(text) {
    const wanted = new Set();
    data.packages.forEach((row, number) => { if (packageKey(row) === text) wanted.add(number); });
    const sets = packageSets().map((numbers) => numbers.some((number) => wanted.has(number)));
    return places.map((place) => sets[place.set]);
  }
  function hostTests() {
    const tests = [];
    const name = globTest(state.host);
    if (name) tests.push((host) => name(host.name.toLowerCase()));
    if (state.status) {
      const wanted = state.status === "not_reached" ? NOT_REACHED : [state.status];
      const numbers = wanted.map((status) => STATUSES.indexOf(status));
      tests.push((host) => numbers.includes(host.status));
    }
    if (state.group) {
      const group = data.groups.indexOf(state.group);
      tests.push((host) => host.groups.includes(group));
    }
    if (state.provider || state.python) {
      const matches = places.map((place) => place.kind === "python" && (!state.provider || (place.provider || "unknown") === state.provider) && (!state.python || place.label === state.python));
      tests.push((host) => host.places.some((number) => matches[number]));
    }
    if (state.package) {
      const matches = placesWithPackage(state.package);
      tests.push((host) => host.places.some((number) => matches[number]));
    }
    return tests;
  }
  function findingTest() {
    const rule = state.rule ? rules.findIndex((row) => row.key === state.rule) : -2;
    const severity = state.severity ? SEVERITIES.indexOf(state.severity) : -2;
    const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const masks = new Uint32Array(findings.length);
    terms.slice(0, 31).forEach((term, bit) => {
      for (const finding of findings) if (finding.text.includes(term)) masks[finding.index] |= 1 << bit;
    });
    const all = 2 ** Math.min(terms.length, 31) - 1;
    const hostMask = (host) => terms.slice(0, 31).reduce((mask, term, bit) => (host.text.includes(term) ? mask | (1 << bit) : mask), 0);
    const fits = findings.map((finding) => (rule === -2 || finding.rule === rule) && (severity === -2 || finding.severity === severity));
    return {
      narrows: Boolean(state.rule || state.severity || state.change),
      hostMask, all,
      test: (host, place, mask) => {
        const number = host.findings[place];
        if (!fits[number] || (masks[number] | mask) >>> 0 !== all) return false;
        if (!state.change) return true;
        if (state.change !== "new" && state.change !== "remaining") return false;
        return !(place in host.waivers) && (state.change === "new") === Boolean(host.fresh && host.fresh.has(place));
      },
    };
  }
  let shown = null;
  function compute() {
    const tests = hostTests();
    const filter = findingTest();
    const rows = [];
    const counts = new Uint32Array(subjects.length);
    const fresh = new Uint32Array(subjects.length);
    const waived = new Uint32Array(subjects.length);
    const last = new Int32Array(subjects.length).fill(-1);
    let total = 0;
    const matching = [];
    for (const host of hosts) {
      if (!tests.every((test) => test(host))) continue;
      const mask = filter.hostMask(host);
      const row = { host, severities: [0, 0, 0], waived: 0, places: [] };
      for (let place = 0; place < host.findings.length; place += 1) {
        if (!filter.test(host, place, mask)) continue;
        row.places.push(place);
        const finding = findings[host.findings[place]];
        if (place in host.waivers) { row.waived += 1; waived[finding.group] += 1; continue; }
        row.severities[finding.severity] += 1;
        total += 1;
        if (last[finding.group] !== host.index) { last[finding.group] = host.index; counts[finding.group] += 1; }
        if (host.fresh && host.fresh.has(place)) fresh[finding.group] += 1;
      }
      matching.push(host);
      if (row.places.length || (!filter.narrows && mask >>> 0 === filter.all)) rows.push(row);
    }
    const groups = [];
    subjects.forEach((subject, number) => {
      if (counts[number] || waived[number]) groups.push({ subject, hosts: counts[number], fresh: fresh[number], waived: waived[number] });
    });
    shown = { rows, groups, total, matching };
  }
  function goneRows() {
    const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const name = globTest(state.host);
    const rows = [];
    for (const [change, id, names] of data.gone) {
      if (change !== state.change) continue;
      const left = names.filter((host) => !name || name(host.toLowerCase()));
      const text = id.toLowerCase();
      if (!left.length || (state.rule && !id.startsWith(state.rule + ":")) || !terms.every((term) => text.includes(term))) continue;
      rows.push({ id, rule: id.slice(0, id.indexOf(":")), subject: id.slice(id.indexOf(":") + 1), names: left });
    }
    return rows;
  }

  // ---- A table whose rows exist only where they can be seen ----
  class Sheet {
    constructor(root, options) {
      Object.assign(this, options);
      this.rows = [];
      this.active = -1;
      this.head = el("div", { class: "head", role: "row" });
      this.body = el("div", { class: "body", role: "rowgroup" });
      this.element = el("div", { class: "sheet " + (options.kind || ""), role: "grid", tabindex: "0", "aria-label": options.label },
        el("div", { role: "rowgroup", class: "headgroup" }, this.head), this.body);
      this.element.querySelector(".headgroup").style.cssText = "position:sticky;top:0;z-index:2";
      this.element.addEventListener("scroll", () => this.schedule(), { passive: true });
      this.element.addEventListener("keydown", (event) => this.key(event));
      root.append(this.element);
      new ResizeObserver(() => this.schedule()).observe(this.element);
    }
    setColumns(columns, width) {
      this.columns = columns;
      this.element.style.setProperty("--columns", columns.map((column) => column.width).join(" "));
      this.element.style.setProperty("--width", (width || 0) + "px");
      this.head.replaceChildren(...columns.map((column) => {
        const cell = el("div", { role: "columnheader", class: column.num ? "num" : "", title: column.title || column.label });
        if (!column.sort) { cell.append(column.label || hidden(column.title)); return cell; }
        const [key, down] = [state.sort.replace("-", ""), state.sort.startsWith("-")];
        const on = key === column.key;
        if (on) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        cell.append(el("button", { type: "button", onclick: () => go({ sort: on && !down ? "-" + column.key : on ? "" : column.key }, true) },
          column.label, on ? (down ? " \u2193" : " \u2191") : ""));
        return cell;
      }));
    }
    show(rows, empty) {
      const key = state.sort.replace("-", "");
      const column = (this.columns || []).find((each) => each.sort && each.key === key);
      this.rows = column ? [...rows].sort(column.sort) : rows;
      if (column && state.sort.startsWith("-")) this.rows.reverse();
      this.empty = empty;
      this.active = -1;
      this.element.removeAttribute("aria-activedescendant");
      this.element.setAttribute("aria-rowcount", rows.length + 1);
      this.body.style.height = rows.length * this.height + "px";
      this.element.scrollTop = 0;
      this.fit();
      this.draw(true);
    }
    fit() {
      const top = this.element.getBoundingClientRect().top + scrollY;
      this.element.style.setProperty("--room", Math.max(340, innerHeight - top - 20) + "px");
    }
    schedule() {
      if (this.waiting) return;
      this.waiting = true;
      requestAnimationFrame(() => { this.waiting = false; this.draw(); });
    }
    draw(force, everything) {
      const first = everything ? 0 : Math.max(0, Math.floor(this.element.scrollTop / this.height) - 8);
      const end = everything ? Math.min(this.rows.length, 2000) : Math.min(this.rows.length, first + Math.ceil(this.element.clientHeight / this.height) + 20);
      if (!force && first === this.first && end === this.end) return;
      this.first = first;
      this.end = end;
      const lines = [];
      for (let number = first; number < end; number += 1) lines.push(this.line(number));
      if (!this.rows.length) lines.push(el("div", { role: "row" }, el("p", { class: "empty", role: "gridcell", style: { padding: "16px" } }, this.empty || "Nothing matches the filters.")));
      this.body.replaceChildren(...lines);
    }
    line(number) {
      const cells = this.render(this.rows[number]);
      cells.forEach((cell, column) => {
        cell.setAttribute("role", "gridcell");
        if (this.columns[column] && this.columns[column].num) cell.classList.add("num");
      });
      return el("div", {
        class: "line" + (number === this.active ? " active" : ""), role: "row", id: this.name + "-" + number, "aria-rowindex": number + 2,
        style: { top: number * this.height + "px", height: this.height + "px" },
        onclick: () => { this.select(number); this.open(this.rows[number]); },
      }, cells);
    }
    select(number) {
      this.active = Math.max(0, Math.min(this.rows.length - 1, number));
      const top = this.active * this.height;
      const head = this.head.offsetHeight;
      const { scrollTop, clientHeight } = this.element;
      if (top < scrollTop) this.element.scrollTop = top;
      else if (top + this.height + head > scrollTop + clientHeight) this.element.scrollTop = top + this.height + head - clientHeight;
      this.draw(true);
      this.element.setAttribute("aria-activedescendant", this.name + "-" + this.active);
    }
    key(event) {
      if (event.target !== this.element || !this.rows.length) return;
      const page = Math.max(1, Math.floor(this.element.clientHeight / this.height) - 2);
      const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
      if (event.key in moves) { event.preventDefault(); this.select(this.active + moves[event.key]); }
      else if ((event.key === "Enter" || event.key === " ") && this.active >= 0) { event.preventDefault(); this.open(this.rows[this.active]); }
    }
  }
  const text = (content, kind) => el("div", { class: kind || "", title: content }, content);
  const number = (value, kind) => el("div", { class: value ? kind || "" : "zero" }, format(value));

  // ---- Views ----
  const sheets = {};
  function sheet(view, options) {
    if (!sheets[view]) {
      const root = $(view);
      root.replaceChildren();
      if (options.before) root.append(options.before());
      sheets[view] = new Sheet(root, { name: view, ...options });
    }
    return sheets[view];
  }
  const bySeverity = (left, right) => { for (let each = 0; each < 3; each += 1) if (left.severities[each] !== right.severities[each]) return left.severities[each] - right.severities[each]; return 0; };
  const hostColumn = { key: "host", label: "Host", width: "minmax(180px, 1.6fr)", sort: (left, right) => left.host.index - right.host.index };

  function showFindings() {
    if (state.change === "fixed" || state.change === "unconfirmed") { showGone(); return; }
    const view = sheet("findings", { label: "Findings by rule and subject", height: 46 });
    view.render = (row) => [
      el("div", {}, severitySign(row.subject.severity)),
      el("div", {}, el("span", { class: "two" }, rules[row.subject.rule].key), el("span", { class: "two second" }, rules[row.subject.rule].title.replaceAll("`", ""))),
      el("div", { title: row.subject.subject + "\n" + row.subject.variants[0].message }, el("span", { class: "two subject" }, row.subject.subject), el("span", { class: "two second" }, row.subject.variants[0].message)),
      el("div", {}, row.fresh ? el("span", { class: "badge new" }, row.fresh === row.hosts ? "new" : plural(row.fresh, "new host")) : row.hosts ? "" : el("span", { class: "badge plain" }, "waived")),
      number(row.hosts),
    ];
    view.open = (row) => go({ open: "finding:" + row.subject.id });
    view.setColumns([
      { key: "severity", label: "", title: "Severity", width: "44px" },
      { key: "rule", label: "Rule", width: "minmax(190px, 1fr)", sort: (left, right) => collator.compare(rules[left.subject.rule].key, rules[right.subject.rule].key) },
      { key: "subject", label: "Subject", width: "minmax(260px, 2fr)", sort: (left, right) => collator.compare(left.subject.subject, right.subject.subject) },
      { key: "change", label: "", title: "Change", width: "112px" },
      { key: "hosts", label: "Hosts", width: "90px", num: true, sort: (left, right) => left.hosts - right.hosts },
    ], 700);
    const order = (left, right) => left.subject.severity - right.subject.severity || right.hosts - left.hosts || left.subject.rule - right.subject.rule || collator.compare(left.subject.subject, right.subject.subject);
    view.show(shown.groups.sort(order));
  }
  function showGone() {
    const view = sheet("findings", { label: "Findings by rule and subject", height: 46 });
    view.render = (row) => [text(row.rule), text(row.subject, "subject"), text(row.names.join(", "), "second"), number(row.names.length)];
    view.open = () => {};
    view.setColumns([
      { key: "rule", label: "Rule", width: "220px", sort: (left, right) => collator.compare(left.rule, right.rule) },
      { key: "subject", label: "Subject", width: "minmax(220px, 2fr)" },
      { key: "names", label: "Hosts", width: "minmax(160px, 1fr)" },
      { key: "hosts", label: "Fixed on", width: "90px", num: true, sort: (left, right) => left.names.length - right.names.length },
    ], 700);
    view.show(goneRows());
  }
  function showHosts() {
    const view = sheet("hosts", { label: "Hosts", height: 36 });
    view.render = (row) => [
      text(row.host.name, "key"), el("div", {}, statusBadge(row.host.status)),
      ...row.severities.map((value, severity) => el("div", { class: value ? "" : "zero" }, value ? severitySign(severity) : "", value ? " " + format(value) : "0")),
      number(row.waived), text(row.host.groups.map((group) => data.groups[group]).join(", "), "second"), text(row.host.message, "second"),
    ];
    view.open = (row) => go({ open: "host:" + row.host.name });
    view.setColumns([
      hostColumn,
      { key: "status", label: "Status", width: "132px", sort: (left, right) => left.host.status - right.host.status },
      ...SEVERITIES.map((key, severity) => ({ key, label: key[0].toUpperCase() + key.slice(1), width: "84px", num: true, sort: (left, right) => left.severities[severity] - right.severities[severity] || bySeverity(left, right) })),
      { key: "waived", label: "Waived", width: "84px", num: true, sort: (left, right) => left.waived - right.waived },
      { key: "groups", label: "Groups", width: "minmax(120px, 1fr)" },
      { key: "message", label: "Message", width: "minmax(120px, 1.4fr)" },
    ], 980);
    view.show(shown.rows);
  }
  function showMatrix() {
    const used = new Set(shown.groups.filter((row) => row.hosts).map((row) => row.subject.rule));
    const columns = rules.map((rule, index) => ({ rule, index })).filter((column) => used.has(column.index));
    const view = sheet("matrix", { label: "Hosts by rules", height: 30, kind: "matrix" });
    view.render = (row) => {
      const found = new Map();
      for (const place of row.places) {
        if (place in row.host.waivers) continue;
        const finding = findings[row.host.findings[place]];
        const before = found.get(finding.rule);
        found.set(finding.rule, before ? { count: before.count + 1, severity: Math.min(before.severity, finding.severity) } : { count: 1, severity: finding.severity });
      }
      const [status, title, sign] = data.statuses[row.host.status];
      const mark = el("span", { class: "sign " + status, title }, el("span", { "aria-hidden": "true" }, sign), hidden(title));
      return [el("div", { class: "key", title: row.host.name }, mark, " " + row.host.name), ...columns.map(({ rule, index }) => {
        const cell = found.get(index);
        if (!cell) return el("div", { class: "cell" });
        return el("div", { class: "cell on " + SEVERITIES[cell.severity], title: rule.key + " on " + row.host.name + ": " + cell.count }, severitySign(cell.severity));
      })];
    };
    view.open = (row) => go({ open: "host:" + row.host.name });
    view.setColumns([{ ...hostColumn, width: "minmax(180px, 300px)" }, ...columns.map(({ rule }) => ({ key: rule.key, label: rule.key, width: "38px" }))], 240 + 38 * columns.length);
    view.show(state.sort ? shown.rows : [...shown.rows].sort((left, right) => -bySeverity(left, right) || left.host.index - right.host.index));
  }
  function pythonRows() {
    const table = new Map();
    for (const host of shown.matching) {
      const seen = new Set();
      for (const each of host.places) {
        const place = places[each];
        const key = place.kind + "|" + place.label + "|" + place.provider;
        let row = table.get(key);
        if (!row) table.set(key, row = { key, place, hosts: 0, count: 0 });
        row.count += 1;
        if (!seen.has(key)) { seen.add(key); row.hosts += 1; }
      }
    }
    const ends = new Map(data.pythons.map((row) => [row[0], row[3]]));
    const kinds = (row) => (row.place.kind === "python" ? 0 : 1);
    return [...table.values()].map((row) => ({ ...row, end: ends.get(row.place.label) || "" }))
      .sort((left, right) => kinds(left) - kinds(right) || collator.compare(left.place.label, right.place.label) || right.hosts - left.hosts);
  }
  function endBadge(end) {
    if (!end) return el("div", { class: "second" }, "not announced");
    const ended = end < data.date;
    return el("div", {}, el("span", { class: "badge " + (ended ? "fail" : "pass") }, (ended ? "\u2715 ended " : "\u2713 until ") + end));
  }
  function showPythons() {
    const view = sheet("pythons", { label: "Pythons and environments", height: 36 });
    view.render = (row) => [text(row.place.label || "unknown", "key"), text(row.place.kind), text(row.place.provider || "\u2013"), endBadge(row.end), number(row.count), number(row.hosts)];
    view.open = (row) => go({ open: "python:" + row.key });
    view.setColumns([
      { key: "version", label: "Version", width: "minmax(110px, 1fr)", sort: (left, right) => collator.compare(left.place.label, right.place.label) },
      { key: "kind", label: "Kind", width: "minmax(110px, 1fr)", sort: (left, right) => collator.compare(left.place.kind, right.place.kind) },
      { key: "provider", label: "Provider", width: "minmax(120px, 1fr)", sort: (left, right) => collator.compare(left.place.provider, right.place.provider) },
      { key: "end", label: "End of life (upstream)", width: "190px", sort: (left, right) => (left.end < right.end ? -1 : 1) },
      { key: "count", label: "Count", width: "100px", num: true, sort: (left, right) => left.count - right.count },
      { key: "hosts", label: "Hosts", width: "100px", num: true, sort: (left, right) => left.hosts - right.hosts },
    ], 760);
    view.show(pythonRows(), places.length ? "" : "The results record no Pythons.");
  }
  const canonical = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");
  const canonicalNames = data.packages.map((row) => canonical(row[0]));
  function packageRows() {
    const counts = new Uint32Array(data.packages.length);
    const last = new Int32Array(data.packages.length).fill(-1);
    const sets = packageSets();
    for (const host of shown.matching) {
      for (const set of new Set(host.places.map((each) => places[each].set))) {
        for (const each of sets[set]) if (last[each] !== host.index) { last[each] = host.index; counts[each] += 1; }
      }
    }
    const [, name, version] = /^\s*([^\s=]*)[\s=]*(.*?)\s*$/.exec(state.find);
    const wanted = canonical(name);
    const rows = [];
    data.packages.forEach(([title, release, origin], index) => {
      if (!counts[index] || !canonicalNames[index].includes(wanted) || !release.startsWith(version)) return;
      rows.push({ index, name: title, version: release, origin, hosts: counts[index], exact: canonicalNames[index] === wanted ? 0 : 1 });
    });
    return rows.sort((left, right) => left.exact - right.exact || collator.compare(left.name, right.name) || collator.compare(right.version, left.version));
  }
  function showPackages() {
    const view = sheet("packages", {
      label: "Packages", height: 32,
      before: () => el("div", { class: "bar-top" },
        el("label", {}, hidden("Package"), el("input", { type: "search", id: "find", placeholder: "Package and version, e.g. litellm 1.82.7", autocomplete: "off", spellcheck: "false", oninput: (event) => go({ find: event.target.value }, true) })),
        el("p", { id: "found", role: "status" })),
    });
    if ($("find").value !== state.find) $("find").value = state.find;
    view.render = (row) => [text(row.name, "key"), text(row.version || "\u2013"), text(row.origin || "unknown", "second"), number(row.hosts)];
    view.open = (row) => go({ open: "package:" + row.name + " " + row.version });
    view.setColumns([
      { key: "name", label: "Package", width: "minmax(200px, 2fr)", sort: (left, right) => collator.compare(left.name, right.name) },
      { key: "version", label: "Version", width: "minmax(120px, 1fr)", sort: (left, right) => collator.compare(left.version, right.version) },
      { key: "origin", label: "Origin", width: "minmax(120px, 1fr)", sort: (left, right) => collator.compare(left.origin, right.origin) },
      { key: "hosts", label: "Hosts", width: "100px", num: true, sort: (left, right) => left.hosts - right.hosts },
    ], 560);
    const rows = packageRows();
    view.show(rows, data.packages.length ? "No host has such a package." : "The results record no packages.");
    $("found").textContent = plural(rows.length, "version") + " of " + plural(new Set(rows.map((row) => canonical(row.name))).size, "package");
  }
  const SHOW = { overview: () => {}, findings: showFindings, hosts: showHosts, matrix: showMatrix, pythons: showPythons, packages: showPackages };

  // ---- The panel ----
  let opener = null;
  function panelHead(title, sign) {
    return el("div", { class: "panel-head" }, sign || null, el("h2", { id: "panel-title" }, title), el("button", { type: "button", onclick: closePanel, "aria-label": "Close", title: "Close (Esc)" }, "\u2715"));
  }
  function copyButton(content) {
    return el("button", { type: "button", onclick: () => copy(content) }, "Copy");
  }
  async function copy(content) {
    try { await navigator.clipboard.writeText(content); }
    catch (error) {
      const area = el("textarea", { class: "hidden" });
      area.value = content;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    toast("Copied");
  }
  function toast(message) {
    $("toast").textContent = message;
    $("toast").classList.add("on");
    setTimeout(() => $("toast").classList.remove("on"), 1600);
  }
  function cureBox(cure) {
    return cure ? [el("h3", {}, "Cure"), el("div", { class: "cure" }, el("code", {}, cure), copyButton(cure))] : [];
  }
  function hostItem(host, second) {
    return el("li", {}, el("a", { class: "grow", href: fragment({ open: "host:" + host.name }) }, host.name), second ? el("span", { class: "second" }, second) : null, statusBadge(host.status));
  }
  function hostList(title, rows, link) {
    if (!rows.length) return [];
    const items = rows.slice(0, LIST_LIMIT).map(([host, second]) => hostItem(host, second));
    return [
      el("h3", {}, title + " (" + format(rows.length) + ")  ", link ? el("a", { href: link }, "show in the table") : null),
      el("ul", { class: "rows" }, items),
      rows.length > LIST_LIMIT ? el("p", { class: "lead" }, format(rows.length - LIST_LIMIT) + " more are in the table.") : null,
    ];
  }
  function findingPanel(id) {
    const subject = subjects[subjectNumbers.get(id)];
    if (!subject) return null;
    const rule = rules[subject.rule];
    const members = new Set(subject.variants.map((variant) => variant.index));
    const [affected, waived, uses] = [[], [], new Map()];
    for (const host of hosts) {
      host.findings.forEach((each, place) => {
        if (!members.has(each)) return;
        if (place in host.waivers) { waived.push([host, data.waivers[host.waivers[place]]]); return; }
        affected.push([host, host.fresh && host.fresh.has(place) ? "new" : ""]);
        uses.set(each, (uses.get(each) || 0) + 1);
      });
    }
    const variants = [...subject.variants].sort((left, right) => (uses.get(right.index) || 0) - (uses.get(left.index) || 0));
    const [most, ...others] = variants;
    const item = (variant) => el("li", {}, variant.message + " (" + plural(uses.get(variant.index) || 0, "host") + ")", variant.cure === most.cure ? "" : el("div", { class: "cure" }, el("code", {}, variant.cure), copyButton(variant.cure)));
    const texts = [
      el("p", {}, most.message),
      most.evidence.length ? el("h3", {}, "Evidence") : null,
      el("ul", { class: "evidence" }, most.evidence.map((line) => el("li", {}, line))),
      ...cureBox(most.cure),
      others.length ? el("details", {}, el("summary", {}, plural(others.length, "other text") + " of this finding on other hosts"), el("ul", { class: "evidence" }, others.slice(0, LIST_LIMIT).map(item))) : null,
    ];
    return [
      panelHead(rule.key, severitySign(subject.severity)),
      el("p", { class: "lead" }, rule.title.replaceAll("`", "")),
      el("p", {}, el("code", {}, subject.subject)),
      ...texts,
      rule.meaning ? el("h3", {}, "Why it matters") : null, rule.meaning ? el("p", {}, rule.meaning.replaceAll("`", "")) : null,
      ...hostList("Hosts", affected, "#" + new URLSearchParams({ view: "hosts", rule: rule.key, q: subject.subject })),
      ...hostList("Waived", waived),
    ];
  }
  function findingItem(host, place) {
    const finding = findings[host.findings[place]];
    const waiver = host.waivers[place];
    return el("li", {}, severitySign(finding.severity),
      el("div", { class: "grow" }, el("a", { href: fragment({ open: "finding:" + subjects[finding.group].id }) }, rules[finding.rule].key), " ", el("code", {}, finding.subject),
        el("div", { class: "second" }, finding.message), waiver ? el("div", { class: "second" }, "Waived: " + data.waivers[waiver]) : null),
      host.fresh && host.fresh.has(place) ? el("span", { class: "badge new" }, "new") : null, finding.cure ? copyButton(finding.cure) : null);
  }
  function hostPanel(name) {
    const host = hosts[hostNumbers.get(name)];
    if (!host) return null;
    const notes = host.notes.map((each) => data.notes[each]);
    const pythons = host.places.map((each) => places[each]);
    return [
      panelHead(host.name, statusBadge(host.status)),
      el("p", { class: "lead" }, [host.groups.map((group) => data.groups[group]).join(", "), host.time].filter(Boolean).join(" \u00b7 ")),
      host.message ? el("p", {}, host.message) : null,
      el("h3", {}, "Findings (" + format(host.findings.length) + ")"),
      el("ul", { class: "rows" }, host.findings.map((_each, place) => findingItem(host, place))),
      notes.length ? el("h3", {}, "Not read (" + format(notes.length) + ")") : null,
      el("ul", { class: "rows" }, notes.slice(0, LIST_LIMIT).map(([path, code, reason, blocking]) => el("li", {}, el("div", { class: "grow" }, el("code", {}, path), el("div", { class: "second" }, reason)), el("span", { class: "badge " + (blocking ? "incomplete" : "plain") }, code)))),
      pythons.length ? el("h3", {}, "Pythons and environments (" + format(pythons.length) + ")") : null,
      el("ul", { class: "rows" }, pythons.slice(0, LIST_LIMIT).map((place) => el("li", {}, el("div", { class: "grow" }, el("code", {}, place.path), el("div", { class: "second" }, [place.kind, place.provider, place.detail, packageSets()[place.set].length ? plural(packageSets()[place.set].length, "package") : ""].filter(Boolean).join(" \u00b7 "))), el("span", {}, place.version)))),
    ];
  }
  function hostsAt(matches) {
    const rows = [];
    for (const host of shown.matching) {
      const paths = host.places.filter((each) => matches[each]).map((each) => places[each].path);
      if (paths.length) rows.push([host, paths.slice(0, 3).join(", ") + (paths.length > 3 ? " \u2026" : "")]);
    }
    return rows;
  }
  function packagePanel(key) {
    const rows = hostsAt(placesWithPackage(key));
    return [panelHead(key), rows.length ? null : el("p", { class: "lead" }, "No host has it."), ...hostList("Hosts", rows, "#" + new URLSearchParams({ view: "hosts", package: key }))];
  }
  function pythonPanel(key) {
    const [kind, version, provider] = key.split("|");
    const matches = places.map((place) => place.kind === kind && place.label === version && place.provider === provider);
    const link = kind === "python" ? "#" + new URLSearchParams({ view: "hosts", python: version, provider: provider || "unknown" }) : null;
    return [panelHead((kind === "python" ? "Python " : kind + ", Python ") + version + (provider ? " from " + provider : "")), ...hostList("Hosts", hostsAt(matches), link)];
  }
  const PANELS = { finding: findingPanel, host: hostPanel, package: packagePanel, python: pythonPanel };
  let opened = "";
  function showPanel() {
    if (state.open === opened) return;
    opened = state.open;
    const [kind] = opened.split(":", 1);
    const content = kind in PANELS ? PANELS[kind](opened.slice(kind.length + 1)) : null;
    const panel = $("panel");
    if (!content) { if (!panel.hidden) { panel.hidden = true; if (opener && opener.isConnected) opener.focus(); opener = null; } return; }
    if (panel.hidden) opener = document.activeElement;
    panel.hidden = false;
    panel.replaceChildren(...content.flat().filter(Boolean));
    panel.scrollTop = 0;
    panel.focus({ preventScroll: true });
  }
  function closePanel() { go({ open: "" }); }

  // ---- CSV ----
  function csvCell(value) {
    const content = String(value);
    const safe = /^ *[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(content) ? "'" + content : content;
    return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }
  function exportRows() {
    if (state.view === "packages") return [["package", "version", "origin", "hosts"], ...packageRows().map((row) => [row.name, row.version, row.origin, row.hosts])];
    if (state.view === "pythons") return [["version", "kind", "provider", "end_of_life", "count", "hosts"], ...pythonRows().map((row) => [row.place.label, row.place.kind, row.place.provider, row.end, row.count, row.hosts])];
    if (state.view === "hosts") return [["host", "status", ...SEVERITIES, "waived", "groups", "message"], ...sheets.hosts.rows.map((row) => [row.host.name, STATUSES[row.host.status], ...row.severities, row.waived, row.host.groups.map((group) => data.groups[group]).join(" "), row.host.message])];
    if (state.view === "findings" && (state.change === "fixed" || state.change === "unconfirmed")) return [["change", "rule", "subject", "hosts"], ...goneRows().map((row) => [state.change, row.rule, row.subject, row.names.join(" ")])];
    const rows = [["host", "groups", "status", "severity", "rule", "subject", "message", "cure", "evidence", "waived", "change", "time"]];
    for (const { host, places: positions } of shown.rows) {
      const groups = host.groups.map((group) => data.groups[group]).join(" ");
      if (!positions.length) rows.push([host.name, groups, STATUSES[host.status], "", "", "", host.message, "", "", "", "", host.time]);
      for (const place of positions) {
        const finding = findings[host.findings[place]];
        const waiver = data.waivers[host.waivers[place] || 0];
        const change = data.compared && !waiver ? (host.fresh && host.fresh.has(place) ? "new" : "remaining") : "";
        rows.push([host.name, groups, STATUSES[host.status], SEVERITIES[finding.severity], rules[finding.rule].key, finding.subject, finding.message, finding.cure, finding.evidence.join("; "), waiver, change, host.time]);
      }
    }
    return rows;
  }
  function exportCsv() {
    const content = exportRows().map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
    const address = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv" }));
    el("a", { href: address, download: "audit-" + state.view + ".csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  // ---- All together ----
  let before = "";
  function update() {
    readState();
    const filters = [...FIELDS, ...CHIPS].map((key) => state[key]).join("\u0001");
    if (filters !== before || !shown) { compute(); before = filters; drawn = ""; }
    for (const key of FIELDS) {
      const control = $(key);
      if (control.value !== state[key]) control.value = state[key];
      control.classList.toggle("on", Boolean(state[key]));
    }
    $("chips").replaceChildren(...CHIPS.filter((key) => state[key]).map((key) => el("button", { type: "button", title: "Remove this filter", onclick: () => go({ [key]: "" }) }, key + ": " + state[key] + "  \u2715")));
    const filtered = [...FIELDS, ...CHIPS].some((key) => state[key]);
    $("clear").hidden = !filtered;
    const all = plural(hosts.length, "host") + ", " + plural(shown.total, "finding");
    const part = format(shown.rows.length) + " of " + all;
    const gone = state.change === "fixed" ? plural(goneRows().reduce((sum, row) => sum + row.names.length, 0), "fixed finding") : "";
    $("shown").textContent = gone || (filtered ? part : all);
    document.querySelectorAll("#tabs a").forEach((tab) => {
      tab.href = fragment({ view: tab.dataset.view, open: "", sort: "" });
      if (tab.dataset.view === state.view) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current");
    });
    VIEWS.forEach((view) => $(view).classList.toggle("current", view === state.view));
    const drawing = state.view + "\u0001" + state.sort + "\u0001" + state.find;
    if (drawing !== drawn) { drawn = drawing; SHOW[state.view](); }
    showPanel();
  }
  let drawn = "";

  function fill(id, options) {
    $(id).append(...options.map(([value, title]) => el("option", { value }, title || value)));
  }
  fill("status", [...data.statuses.map(([key, title, sign]) => [key, sign + " " + title]), ["not_reached", "Not reached"]]);
  fill("severity", data.severities.map(([key, sign]) => [key, sign + " " + key]));
  fill("rule", rules.map((rule) => [rule.key]).sort((left, right) => collator.compare(left[0], right[0])));
  fill("group", data.groups.map((group) => [group]));
  if (!data.gone.length) document.querySelectorAll("#change option[value=fixed]").forEach((option) => option.remove());

  let typing = 0;
  for (const key of FIELDS) {
    const select = $(key).tagName === "SELECT";
    const apply = () => go({ [key]: $(key).value, view: state.view === "overview" && $(key).value ? "findings" : state.view, open: "" }, !select);
    $(key).addEventListener(select ? "change" : "input", () => { clearTimeout(typing); if (select) apply(); else typing = setTimeout(apply, 120); });
  }
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); $("main").focus(); });
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("clear").addEventListener("click", () => go(Object.fromEntries([...FIELDS, ...CHIPS].map((key) => [key, ""]))));
  $("export").addEventListener("click", exportCsv);
  $("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("pyfleet-report-theme", root.dataset.theme); } catch (error) { /* no storage for files */ }
  });
  try { const theme = localStorage.getItem("pyfleet-report-theme"); if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme; } catch (error) { /* no storage for files */ }
  document.addEventListener("keydown", (event) => {
    const typed = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && !$("panel").hidden) { closePanel(); return; }
    if (typed || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); (state.view === "packages" ? $("find") : $("q")).focus(); }
    const view = VIEWS[Number(event.key) - 1];
    if (view) go({ view, open: "", sort: "" });
  });
  addEventListener("beforeprint", () => { if (sheets[state.view]) sheets[state.view].draw(true, true); });
  addEventListener("afterprint", () => { if (sheets[state.view]) sheets[state.view].draw(true); });
  addEventListener("resize", () => { if (sheets[state.view]) sheets[state.view].fit(); });
  addEventListener("hashchange", update);
  addEventListener("popstate", update);
  update();
  performance.mark("usable");
})();
