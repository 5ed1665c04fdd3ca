// Reads a file through the text stage to its end: the text, and the fault after it.
import { Readable } from 'node:stream'
import { openText, type TextStageOptions } from '../packages/core/src/engine/format/text/decode-text.ts'
import { LadingError } from '../packages/core/src/errors/lading-error.ts'

export async function readText(chunks: Iterable<Buffer>, options: TextStageOptions = {}) {
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
