/** Seeds that once failed, by scenario, and what was wrong then. */
export const corpus: Readonly<Record<string, readonly {seed: number; was: string}[]>> = {
  'rough-network': [
    {seed: 18, was: 'an order to load whose answer was lost kept its client waiting for minutes'},
    {seed: 23, was: 'a client that had released everything had a timer left'},
  ],
  'clients-vanish': [{seed: 4, was: 'an order in flight ended with its coordinator, unanswered'}],
  'store-outages': [
    {seed: 5, was: 'an epoch that was announced but not saved was given again by the next leader'},
    {seed: 14, was: 'the same, for new variants: the client never turned to them'},
  ],
};
