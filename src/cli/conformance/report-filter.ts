/** Where a reader says which cases to show; without scripts it is not there, and all are. */
export const filterForm = `<p id="filter" hidden><label>Only cases that hold
<input type="search" placeholder="a name, an operation, a word of the message"></label>
<output></output></p>`;

/**
 * Shows the form and the rows of cases that hold what is typed there; an operation's button types
 * `operation:Relu:`, which no other operation holds. Sections open where something is looked for.
 */
export const filterScript = `<script>
const form = document.querySelector('#filter');
const [input, output] = [form.querySelector('input'), form.querySelector('output')];
const sections = [...document.querySelectorAll('details')].map(details => ({
  details,
  open: details.open,
  rows: [...details.querySelectorAll('tr.case')].map(row => {
    const [name, operation, , message] = [...row.cells].map(cell => cell.textContent.toLowerCase());
    return [row, ['operation:' + operation + ':', name, operation, message].join(' ')];
  }),
}));
function show() {
  const wanted = input.value.trim().toLowerCase();
  let sum = 0;
  for (const {details, open, rows} of sections) {
    let count = 0;
    for (const [row, text] of rows) {
      row.hidden = !text.includes(wanted);
      if (!row.hidden) count++;
    }
    details.hidden = count === 0;
    details.open = wanted === '' ? open : true;
    sum += count;
  }
  output.textContent = wanted === '' ? '' : sum === 1 ? '1 case' : sum + ' cases';
}
form.hidden = false;
input.addEventListener('input', show);
for (const button of document.querySelectorAll('button')) {
  button.addEventListener('click', () => {
    input.value = 'operation:' + button.textContent + ':';
    show();
    form.scrollIntoView();
  });
}
</script>`;
