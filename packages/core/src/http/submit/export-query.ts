// The query or the JSON body of an export → the options of the exporter.
import type { Static } from '@sinclair/typebox'
import { optionInvalid } from '../../config/check-options.ts'
import type { StreamOptions } from '../../engine/export/exporter-options.ts'
import { readFilterTexts, withCreated } from '../../engine/export/selection/filter-text.ts'
import { readSentShape, shapeSchema } from '../../engine/export/selection/selection-schema.ts'
import type { Registry } from '../../engine/resource/registry.ts'
import { type Pairs, queryPairs, readOptions } from '../wire/parameters.ts'
import { type exportJob, exportOptions } from '../wire/schemas.ts'

const { default: defaultFormat } = shapeSchema.properties.format

/** Every parameter that is not an option is a filter. @throws LadingError `OPTION_INVALID`, `FILTER_INVALID`, `RESOURCE_UNKNOWN` */
export function readExportQuery(rawQuery: string, registry: Registry): StreamOptions {
  const pairs = queryPairs(rawQuery)
  if (pairs.some(([name]) => name === 'resources')) {
    throw optionInvalid('Use POST to export several "resources"; it creates one file to download later.')
  }
  const isOption = ([name]: Pairs[number]) => Object.hasOwn(exportOptions.properties, name)
  const options = readOptions(exportOptions, pairs.filter(isOption))
  const resource = registry.get(options.resource)
  const filters = readFilterTexts(
    resource,
    pairs.filter(pair => !isOption(pair)),
  )
  return {
    ...exporterOptions(options),
    filters: withCreated(resource, filters, options),
    fields: options.fields?.split(','),
  }
}

/** @throws LadingError `OPTION_INVALID`, `FILTER_INVALID`, `RESOURCE_UNKNOWN` */
export function readExportBody(
  options: Static<typeof exportJob> & { readonly resource: string },
  registry: Registry,
): StreamOptions {
  return {
    ...exporterOptions(options),
    filters: withCreated(registry.get(options.resource), options.filters ?? {}, options),
    fields: options.fields,
  }
}

/** The options that a query and a body have in common, by the names that the exporter has for them. */
function exporterOptions(
  options: Pick<Static<typeof exportJob>, 'sort' | 'limit' | 'delimiter'> & { readonly resource: string },
): StreamOptions {
  const { resource, sort, limit } = options
  return { resource, sort, limit, format: defaultFormat, ...readSentShape(options) }
}
