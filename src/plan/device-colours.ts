export interface Colour {
  readonly fill: string;
  readonly line: string;
}

/** Something whose parts are on devices. */
export interface Coloured {
  readonly stages: readonly {readonly device: string}[];
}

const palette: readonly Colour[] = [
  {fill: '#dbeafe', line: '#1d4ed8'},
  {fill: '#dcfce7', line: '#15803d'},
  {fill: '#ffedd5', line: '#c2410c'},
  {fill: '#f3e8ff', line: '#7e22ce'},
  {fill: '#fee2e2', line: '#b91c1c'},
  {fill: '#cffafe', line: '#0e7490'},
  {fill: '#fef9c3', line: '#a16207'},
  {fill: '#fce7f3', line: '#be185d'},
];

/** A light colour and a dark one for each device; they repeat after eight. */
export function deviceColours({stages}: Coloured): ReadonlyMap<string, Colour> {
  const devices = [...new Set(stages.map(({device}) => device))].sort();
  return new Map(
    devices.map((device, at) => [
      device,
      palette[at % palette.length] ?? {fill: '#ffffff', line: '#000000'},
    ]),
  );
}
