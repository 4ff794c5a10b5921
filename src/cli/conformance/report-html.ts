import {type CaseResult, caseOutcomes} from './case-result.js';
import {
  type CaseGroup,
  type ConformanceReport,
  caseGroups,
  operationRows,
} from './conformance-report.js';
import {filterForm, filterScript} from './report-filter.js';

const styles = `
:root { color-scheme: light dark; --passed: #2e9e5b; --unsupported: #b58900; --bad: #d33a3a; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
.bar { display: flex; height: 1.2rem; border-radius: .3rem; overflow: hidden; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid #8884; }
th { position: sticky; top: 0; background: Canvas; }
.number { text-align: right; }
.zero { opacity: .35; }
.passed { color: var(--passed); } .bar .passed { background: var(--passed); }
.unsupported { color: var(--unsupported); } .bar .unsupported { background: var(--unsupported); }
.failed, .crashed, .hanging { color: var(--bad); }
.bar .failed, .bar .crashed, .bar .hanging { background: var(--bad); }
td.message { overflow-wrap: anywhere; }
button { font: inherit; color: inherit; background: none; border: none; padding: 0; cursor: pointer; }
button:hover { text-decoration: underline; }
[type=search] { font: inherit; width: 24rem; max-width: 100%; }
summary { cursor: pointer; font-weight: 600; margin: 1rem 0; }
`;

/** The report as one HTML file that needs no other. */
export function reportHtml(report: ConformanceReport): string {
  const title = escaped(`Conformance of ${report.device}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${styles}</style>
</head>
<body>
<h1>${title}</h1>
<p>${escaped(summary(report))}</p>
${bar(report)}
${filterForm}
${caseOutcomes
  .toReversed()
  .map(outcome => section(report, outcome))
  .join('\n')}
${caseGroups.map(group => rowsOf(group, report)).join('\n')}
${filterScript}
</body>
</html>
`;
}

function summary(report: ConformanceReport): string {
  const counts = caseOutcomes.map(each => `${report[each]} ${each}`).join(', ');
  const {cutWith, cases, durationMs} = report;
  const cuts = cutWith === null ? 'undivided' : `undivided and cut at every edge with ${cutWith}`;
  const otherwise = cases.filter(each => each.outcome === 'passed' && each.message !== '').length;
  const note =
    otherwise === 0 ? '' : ` Of the passed, ${otherwise} by other than the case's outputs.`;
  return `${cases.length} cases, ${cuts}, in ${Math.round(durationMs / 1000)} s: ${counts}.${note}`;
}

function bar(report: ConformanceReport): string {
  const parts = caseOutcomes
    .filter(each => report[each] > 0)
    .map(each => `<div class="${each}" style="flex:${report[each]}" title="${each}"></div>`);
  return `<div class="bar">${parts.join('')}</div>`;
}

function section({cases}: ConformanceReport, outcome: CaseResult['outcome']): string {
  const those = cases.filter(each => each.outcome === outcome);
  if (those.length === 0) return '';
  const open = outcome === 'passed' || outcome === 'unsupported' ? '' : ' open';
  const rows = those.map(caseRow).join('\n');
  return `<details${open}><summary class="${outcome}">${those.length} ${outcome}</summary>
<table><tr><th>Case</th><th>Of</th><th class="number">Cuts</th><th>Message</th></tr>
${rows}
</table></details>`;
}

function caseRow({name, operation, cuts, message}: CaseResult): string {
  const made = cuts.passed + cuts.failed;
  return (
    `<tr class="case"><td>${escaped(name)}</td><td>${escaped(operation)}</td>` +
    `<td class="number">${made === 0 ? '' : `${cuts.passed}/${made}`}</td>` +
    `<td class="message">${escaped(message)}</td></tr>`
  );
}

function rowsOf(group: CaseGroup, report: ConformanceReport): string {
  const cases = report.cases.filter(each => each.group === group);
  if (cases.length === 0) return '';
  const heading = group === 'behaviour' ? 'Behaviour' : 'Operation';
  const titles = [...caseOutcomes, 'cuts'].map(title => `<th class="number">${title}</th>`);
  const rows = operationRows(cases).map(({operation, counts, cuts}) => {
    const cells = caseOutcomes.map(
      each => `<td class="number ${counts[each] === 0 ? 'zero' : each}">${counts[each]}</td>`,
    );
    const passed = cuts.made === 0 ? '' : `${cuts.passed}/${cuts.made}`;
    cells.push(`<td class="number">${passed}</td>`);
    return `<tr><td>${operationButton(operation)}</td>${cells.join('')}</tr>`;
  });
  return `<h2>${heading}</h2>
<table><tr><th>${heading}</th>${titles.join('')}</tr>
${rows.join('\n')}
</table>`;
}

function operationButton(operation: string): string {
  return `<button type="button">${escaped(operation)}</button>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, character => entities[character] ?? character);
}
