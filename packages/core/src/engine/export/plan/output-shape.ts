// The requested file format and its options → the checked output shape, or a fault for contradictions.
import { optionInvalid, pickOptions } from '../../../config/check-options.ts'
import { formatByName } from '../../format/formats.ts'
import type { FileShape } from '../exporter-options.ts'
import { shapeSchema } from '../selection/selection-schema.ts'
import type { OutputShape } from './export-plan.ts'

/** @throws LadingError `FORMAT_UNSUPPORTED`; `OPTION_INVALID` for CSV options with another format */
export function readShape(requested: FileShape): OutputShape {
  const format = formatByName(requested.format)
  const {
    delimiter,
    header = true,
    excel = false,
    compression = 'none',
  } = pickOptions(shapeSchema, { ...requested, format: undefined })
  // An option that is switched off has no effect.
  const onlyCsv = { delimiter: delimiter !== undefined, header: !header, excel }
  for (const [name, isSet] of Object.entries(onlyCsv)) {
    if (isSet && format.name !== 'csv') {
      throw optionInvalid(`The option "${name}" is for csv only; leave it out for ${format.name}.`)
    }
  }
  return { format, encoding: { delimiter, header, excel }, compression }
}
