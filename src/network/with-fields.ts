import type {Message} from '@bufbuild/protobuf';

/**
 * A copy of `message` with some fields replaced. Everything else is shared with `message`, its
 * unknown fields too; defaults of absent fields lie on the prototype, which a spread would lose.
 */
export function withFields<T extends Message>(
  message: T,
  fields: Partial<Omit<T, '$typeName' | '$unknown'>>,
): T {
  const copy: T = Object.create(Object.getPrototypeOf(message));
  return Object.assign(copy, message, fields);
}
