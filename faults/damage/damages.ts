// What can become of a stored file: a bit flips, it is cut, something is added, or it is another one.
import { readFile, rename, writeFile } from 'node:fs/promises'

export type Kind = 'flip' | 'cut' | 'append' | 'swap'

export const kinds: readonly Kind[] = ['flip', 'cut', 'append', 'swap']

/** Never the bytes that were there. */
export function damaged(bytes: Buffer, kind: Kind, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length)
  if (kind === 'cut') return bytes.subarray(0, at)
  if (kind === 'append') return Buffer.concat([bytes, bytes.subarray(at)])
  const other = Buffer.from(bytes)
  if (kind === 'flip') {
    other[at] = (other[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    return other
  }
  return swapped(other, at)
}

/** Of the same length, and still a good file where it is text: a digit of a record is another one. */
function swapped(bytes: Buffer, from: number): Buffer {
  for (let step = 0; step < bytes.length; step++) {
    const at = (from + step) % bytes.length
    const byte = bytes[at] ?? 0
    if (byte < 0x31 || byte > 0x38) continue
    bytes[at] = byte + 1
    return bytes
  }
  return bytes.reverse()
}

/** In place, as a disk fault does, so that open readers see it; or with another file, as a restore does. */
export async function damage(path: string, kind: Kind, random: () => number): Promise<void> {
  const bytes = damaged(await readFile(path), kind, random)
  if (random() < 0.5) return writeFile(path, bytes)
  await writeFile(`${path}.other`, bytes)
  await rename(`${path}.other`, path)
}
