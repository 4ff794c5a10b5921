/**
 * Pixels of one, three or four channels with another number of them: grey is repeated, alpha left out
 * or opaque. To one channel only from one.
 */
export function withChannels(pixels: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return pixels;
  const count = pixels.length / from;
  const data = new Uint8Array(count * to).fill(255);
  const colors = Math.min(3, to);
  for (let pixel = 0; pixel < count; pixel++) {
    for (let channel = 0; channel < colors; channel++) {
      data[pixel * to + channel] = pixels[pixel * from + (from === 1 ? 0 : channel)] ?? 0;
    }
  }
  return data;
}
