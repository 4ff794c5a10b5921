/** Seeds that once failed, by scenario, and what was wrong then. */
export const corpus: Readonly<Record<string, readonly {seed: number; was: string}[]>> = {
  'rough-network': [
    {seed: 18, was: 'an order to load whose answer was lost kept its client waiting for minutes'},
    {seed: 23, was: 'a client that had released everything had a timer left'},
  ],
  'nodes-come-and-go': [
    {seed: 37, was: 'a stage of a device that was away when its network was released stayed there'},
  ],
  'links-break': [
    {seed: 8, was: 'a release did not reach a device that was cut off, and its stage stayed'},
    {seed: 10, was: 'the same'},
    {seed: 13, was: 'the same'},
  ],
  everything: [
    {seed: 36, was: 'a deployment was lost in an epoch that was not saved, and never came back'},
    {seed: 50, was: 'the same'},
  ],
  'clients-vanish': [{seed: 4, was: 'an order in flight ended with its coordinator, unanswered'}],
  'store-outages': [
    {seed: 5, was: 'an epoch that was announced but not saved was given again by the next leader'},
    {seed: 14, was: 'the same, for new variants: the client never turned to them'},
    {seed: 39, was: 'a client of a lost deployment asked for no news of it, but every 15 s'},
  ],
};
