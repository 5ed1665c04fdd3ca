// The query or the JSON body of an export → what is asked of the exporter.
import type { Static } from '@sinclair/typebox'
import { optionInvalid } from '../../config/check-options.ts'
import type { StreamOptions } from '../../engine/export/exporter-options.ts'
import { readFilterTexts, withCreated } from '../../engine/export/selection/filter-text.ts'
import { readDelimiter } from '../../engine/format/csv/delimiter.ts'
import type { Registry } from '../../engine/resource/registry.ts'
import { type Pairs, queryPairs, readOptions } from '../wire/parameters.ts'
import { type exportJob, exportOptions } from '../wire/schemas.ts'

/** Every parameter that is no option is a filter. @throws LadingError `OPTION_INVALID`, `FILTER_INVALID`, `RESOURCE_UNKNOWN` */
export function readExportQuery(rawQuery: string, registry: Registry): StreamOptions {
  const pairs = queryPairs(rawQuery)
  if (pairs.some(([name]) => name === 'resources')) {
    throw optionInvalid('Several "resources" are exported by POST, as one file to be fetched later.')
  }
  const isOption = ([name]: Pairs[number]) => Object.hasOwn(exportOptions.properties, name)
  const asked = readOptions(exportOptions, pairs.filter(isOption))
  const resource = registry.get(asked.resource)
  const filters = readFilterTexts(
    resource,
    pairs.filter(pair => !isOption(pair)),
  )
  return {
    ...withoutSugar(asked),
    filters: withCreated(resource, filters, asked),
    fields: asked.fields?.split(','),
  }
}

/** @throws LadingError `OPTION_INVALID`, `FILTER_INVALID`, `RESOURCE_UNKNOWN` */
export function readExportBody(
  asked: Static<typeof exportJob> & { readonly resource: string },
  registry: Registry,
): StreamOptions {
  return {
    ...withoutSugar(asked),
    filters: withCreated(registry.get(asked.resource), asked.filters ?? {}, asked),
    fields: asked.fields,
  }
}

/** What both ways of asking have in common. */
type Common = Pick<
  Static<typeof exportJob>,
  'format' | 'sort' | 'limit' | 'delimiter' | 'header' | 'excel' | 'compression'
>

function withoutSugar(asked: Common & { readonly resource: string }): StreamOptions {
  const { resource, format = 'ndjson', sort, limit, delimiter, header, excel, compression } = asked
  return {
    resource,
    format,
    sort,
    limit,
    delimiter: delimiter === undefined ? undefined : readDelimiter(delimiter),
    header,
    excel,
    compression: compression as StreamOptions['compression'],
  }
}
