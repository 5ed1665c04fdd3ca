// Reads a file through the text stage to its end: the text, and the fault behind it.
import { Readable } from 'node:stream'
import { LadingError } from '../packages/core/src/errors/lading-error.ts'
import { openText, type TextOptions } from '../packages/core/src/engine/format/text/text.ts'

export async function readText(chunks: Iterable<Buffer>, options: TextOptions = {}) {
  const parts: Buffer[] = []
  let fault: string | undefined
  try {
    for await (const part of openText(Readable.from(chunks), options)) parts.push(part)
  } catch (error) {
    if (!(error instanceof LadingError)) throw error
    fault = `${error.code}: ${error.message}`
  }
  return { text: Buffer.concat(parts).toString(), fault }
}
