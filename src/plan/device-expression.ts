import {InferenceError} from '../errors.js';

/** A device by name: any of its kind, or one on a named node, or one of several of its kind. */
export interface NamedDevice {
  readonly form: 'device';
  readonly node: string | null;
  readonly kind: string;
  readonly id: string | null;
}

/** A member of a MULTI or AUTO list; `requests` null: as many as the device finds best. */
export interface CountedDevice {
  readonly device: DeviceExpression;
  readonly requests: number | null;
}

/** What a user may ask for as a device. */
export type DeviceExpression =
  | NamedDevice
  | {readonly form: 'hetero'; readonly devices: readonly DeviceExpression[]}
  | {readonly form: 'multi'; readonly devices: readonly CountedDevice[]}
  /** No devices: any that is not excluded. */
  | {
      readonly form: 'auto';
      readonly devices: readonly CountedDevice[];
      readonly excluded: readonly NamedDevice[];
    }
  /** `size` null: as the device finds best. */
  | {readonly form: 'batch'; readonly device: DeviceExpression; readonly size: number | null};

const textMax = 4096;
const depthMax = 8;
const countMax = 65_536;
const virtualKinds = new Set(['HETERO', 'MULTI', 'AUTO', 'BATCH']);

/**
 * Reads a device expression:
 *
 *     device := NAME | `HETERO:` list | `MULTI:` list | `AUTO` [`:` list] | `BATCH:` device[(SIZE)]
 *             | `(` device `)`
 *     NAME   := [node`/`]KIND[`.`id]
 *
 * HETERO, MULTI and AUTO take all that follows, up to a closing parenthesis or, inside another list,
 * up to a device that they have already: `MULTI:HETERO:A,B,C` is MULTI of one HETERO of three,
 * `MULTI:HETERO:A,B,B` is MULTI of HETERO:A,B and of B. Parentheses say it without a rule:
 * `MULTI:(HETERO:A,B),C`. Members of MULTI and AUTO may end in `(REQUESTS)`; members of AUTO may be
 * excluded, `-NAME`. Spaces do not count.
 *
 * Throws INVALID_DEVICE, saying where and what was expected.
 */
export function parseDeviceExpression(text: string): DeviceExpression {
  if (typeof text !== 'string') {
    const given = Array.isArray(text) ? 'a list' : String(text);
    throw new InferenceError('INVALID_DEVICE', `expected a device such as 'CPU', given ${given}`);
  }
  if (text.length > textMax) {
    throw new InferenceError(
      'INVALID_DEVICE',
      `expected a device of at most ${textMax} characters, given ${text.length}`,
    );
  }
  return new DeviceParser(text).parse();
}

/** The text that reads back as `expression`; inside lists virtual devices are parenthesised. */
export function formatDeviceExpression(expression: DeviceExpression): string {
  switch (expression.form) {
    case 'device':
      return formatName(expression);
    case 'hetero':
      return `HETERO:${expression.devices.map(formatMember).join()}`;
    case 'multi':
      return `MULTI:${expression.devices.map(formatCounted).join()}`;
    case 'batch':
      return `BATCH:${formatMember(expression.device)}${formatCount(expression.size)}`;
    case 'auto': {
      const excluded = expression.excluded.map(device => `-${formatName(device)}`);
      const list = [...expression.devices.map(formatCounted), ...excluded];
      return list.length === 0 ? 'AUTO' : `AUTO:${list.join()}`;
    }
  }
}

function formatName({node, kind, id}: NamedDevice): string {
  return `${node === null ? '' : `${node}/`}${kind}${id === null ? '' : `.${id}`}`;
}

function formatMember(device: DeviceExpression): string {
  const text = formatDeviceExpression(device);
  return device.form === 'device' ? text : `(${text})`;
}

function formatCounted({device, requests}: CountedDevice): string {
  return `${formatMember(device)}${formatCount(requests)}`;
}

function formatCount(count: number | null): string {
  return count === null ? '' : `(${count})`;
}

class DeviceParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  /** Lists that are open since the last parenthesis. */
  #lists = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): DeviceExpression {
    const device = this.#device();
    if (this.#peek() === ',')
      this.#fail("one device (a list follows 'HETERO:', 'MULTI:', 'AUTO:')");
    if (this.#peek() !== '') this.#fail("',' or the end");
    return device;
  }

  #device(): DeviceExpression {
    if (++this.#depth > depthMax) this.#fail(`at most ${depthMax} devices inside each other`);
    const device = this.#take('(') ? this.#parenthesised() : this.#nameOrVirtual();
    this.#depth--;
    return device;
  }

  #parenthesised(): DeviceExpression {
    const lists = this.#lists;
    this.#lists = 0;
    const device = this.#device();
    this.#expect(')');
    this.#lists = lists;
    return device;
  }

  #nameOrVirtual(): DeviceExpression {
    const start = this.#at;
    const name = this.#name();
    if (!virtualKinds.has(name.kind)) return name;
    if (name.node !== null || name.id !== null) {
      this.#at = start;
      this.#fail(`${name.kind} without a node or a number, for it is a virtual device`);
    }
    return this.#virtual(name.kind);
  }

  #virtual(kind: string): DeviceExpression {
    if (kind === 'AUTO') return this.#take(':') ? this.#auto() : autoOfAll;
    this.#expect(':');
    if (kind === 'BATCH') {
      return {form: 'batch', device: this.#device(), size: this.#count('a batch size')};
    }
    if (kind === 'MULTI') return {form: 'multi', devices: this.#list(() => this.#counted())};
    return {form: 'hetero', devices: this.#list(() => this.#device())};
  }

  #auto(): DeviceExpression {
    const devices: CountedDevice[] = [];
    const excluded: NamedDevice[] = [];
    this.#list(() => {
      if (!this.#take('-')) {
        const counted = this.#counted();
        devices.push(counted);
        return counted;
      }
      const start = this.#at;
      const name = this.#name();
      if (virtualKinds.has(name.kind)) {
        this.#at = start;
        this.#fail('the name of a device to exclude');
      }
      excluded.push(name);
      return name;
    });
    return {form: 'auto', devices, excluded};
  }

  #counted(): CountedDevice {
    return {device: this.#device(), requests: this.#count('a number of requests')};
  }

  /** Members up to the end or a closing parenthesis, no device twice. */
  #list<T extends DeviceExpression | CountedDevice>(member: () => T): readonly T[] {
    const members: T[] = [];
    const seen = new Set<string>();
    this.#lists++;
    let end = this.#at;
    do {
      this.#peek();
      const start = this.#at;
      const next = member();
      const text = formatDeviceExpression('form' in next ? next : next.device);
      if (seen.has(text)) {
        if (this.#lists > 1) {
          this.#at = end;
          break;
        }
        this.#at = start;
        this.#fail('no device twice in a list');
      }
      seen.add(text);
      members.push(next);
      end = this.#at;
    } while (this.#take(','));
    this.#lists--;
    return members;
  }

  #name(): NamedDevice {
    this.#peek();
    const pattern = /(?:([A-Za-z0-9][\w.-]*)\/)?([A-Za-z]\w*)(?:\.(\w+))?/y;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    const kind = match?.[2];
    if (match === null || kind === undefined) return this.#fail("a device such as 'CPU'");
    this.#at = pattern.lastIndex;
    return {form: 'device', node: match[1] ?? null, kind, id: match[3] ?? null};
  }

  #count(what: string): number | null {
    if (!this.#take('(')) return null;
    this.#peek();
    const digits = /\d{1,6}/y;
    digits.lastIndex = this.#at;
    const count = Number(digits.exec(this.#text)?.[0] ?? 0);
    if (count < 1 || count > countMax) this.#fail(`${what} from 1 to ${countMax}`);
    this.#at = digits.lastIndex;
    this.#expect(')');
    return count;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#fail(`'${character}'`);
  }

  /** The next character that counts; empty at the end. */
  #peek(): string {
    while (this.#text[this.#at] === ' ') this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at);
    const given = rest === '' ? 'the end' : `'${rest.slice(0, 40)}'`;
    throw new InferenceError(
      'INVALID_DEVICE',
      `expected ${expected} at character ${this.#at + 1} of device ` +
        `'${this.#text.slice(0, 200)}', given ${given}`,
    );
  }
}

const autoOfAll: DeviceExpression = {form: 'auto', devices: [], excluded: []};
