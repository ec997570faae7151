// Small helpers for bytes.

export const utf8 = (text) => new TextEncoder().encode(text);

export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Return the bytes of an even number of hexadecimal digits. */
export const fromHex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Return the unsigned big-endian integer in `bytes`. */
export const toInteger = (bytes) => BigInt("0x" + (toHex(bytes) || "0"));

/** Return `value` as `length` bytes, big-endian. */
export const fromInteger = (value, length) => fromHex(value.toString(16).padStart(length * 2, "0"));
