// How an export is to be written, as it was asked → as it can be done, or what contradicts itself.
import { checkOptions, optionInvalid } from '../../../config/check-options.ts'
import { formatNamed } from '../../format/formats.ts'
import type { FileShape } from '../exporter-options.ts'
import { shapeSchema } from '../selection/selection-schema.ts'
import type { Shape } from './export-plan.ts'

/** @throws LadingError `FORMAT_UNSUPPORTED`; `OPTION_INVALID` for what only CSV has */
export function readShape(asked: FileShape): Shape {
  const format = formatNamed(asked.format)
  const {
    delimiter,
    header = true,
    excel = false,
    compression = 'none',
  } = checkOptions(shapeSchema, {
    delimiter: asked.delimiter,
    header: asked.header,
    excel: asked.excel,
    compression: asked.compression,
  })
  // What is switched off asks for nothing.
  const onlyCsv = { delimiter: delimiter !== undefined, header: !header, excel }
  for (const [name, isAsked] of Object.entries(onlyCsv)) {
    if (isAsked && format.name !== 'csv') {
      throw optionInvalid(`The option "${name}" is for csv only; leave it out for ${format.name}.`)
    }
  }
  return { format, encoding: { delimiter, header, excel }, compression }
}
