import {readFileSync} from 'node:fs';
import {z} from 'zod';

const bytesSchema = z.string().transform(text => new Uint8Array(Buffer.from(text, 'base64')));

const imageFileSchema = z.object({
  name: z.string(),
  file: bytesSchema,
  width: z.number(),
  height: z.number(),
  channels: z.number(),
  pixels: bytesSchema,
});
export type ImageFile = Readonly<z.infer<typeof imageFileSchema>>;

const text = readFileSync(
  new URL('../../../test/support/image-files.json', import.meta.url),
  'utf8',
);

/**
 * Files that other software wrote (pypng 0.20220715, Pillow 13), with the pixels that are in them: as
 * they were written for PNG, as libjpeg-turbo decodes them for JPEG.
 */
export const imageFiles = z
  .object({
    png: z.array(imageFileSchema),
    jpeg: z.array(imageFileSchema),
    cmyk: bytesSchema,
  })
  .parse(JSON.parse(text));

export function imageFile(name: string): ImageFile {
  const found = [...imageFiles.png, ...imageFiles.jpeg].find(each => each.name === name);
  if (found === undefined) throw new Error(`there is no image "${name}"`);
  return found;
}
