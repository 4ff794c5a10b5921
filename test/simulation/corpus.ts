/** Seeds that once failed, by scenario, and what was wrong then. */
export const corpus: Readonly<Record<string, readonly {seed: number; was: string}[]>> = {
  'rough-network': [
    {seed: 18, was: 'an order to load whose answer was lost kept its client waiting for minutes'},
    {seed: 23, was: 'a client that had released everything had a timer left'},
  ],
  'nodes-come-and-go': [
    {seed: 37, was: 'a stage of a device that was away when its network was released stayed there'},
  ],
  'leaders-fail': [
    {
      seed: 1131,
      was: 'a leader that was suspended went on before it heard that its lease was over',
    },
    {seed: 1376, was: 'the same'},
    {seed: 1398, was: 'the same'},
  ],
  'links-break': [
    {
      seed: 26,
      was: 'HETERO that could not ask a device for a moment was never laid out on it again',
    },
    {seed: 32, was: 'the same'},
    {seed: 50, was: 'the same'},
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
  'poisonous-network': [
    {
      seed: 6,
      was: 'a network that shared GPUs with a poisonous one was refused, though CPUs were left',
    },
    {seed: 9, was: 'the same'},
  ],
  'devices-leave': [
    {seed: 7, was: 'devices that had left in order counted as crashed, by what they had held'},
    {seed: 14, was: 'the same: three times, and the network was never loaded again'},
  ],
  'virtual-devices': [
    {seed: 6, was: 'a device that could not be asked for a moment was never asked again'},
    {seed: 19, was: 'the same'},
  ],
};
