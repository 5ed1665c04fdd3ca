// What our other packages need in addition to the public API. It may change in any version.
export { readFilterTexts } from './engine/export/selection/filter-text.ts'
export { readSentShape, selectionSchema, shapeSchema } from './engine/export/selection/selection-schema.ts'
export { isBundle } from './engine/format/bundle/is-bundle.ts'
export { readDelimiter } from './engine/format/csv/delimiter.ts'
export {
  type DetectedFormat,
  delimiterOfFileName,
  detectFormat,
  type KnownOfFile as FileFacts,
} from './engine/format/detect/detect.ts'
export { foreignByName } from './engine/format/detect/foreign.ts'
export { type UnknownFormatMessages, unknownFormat } from './engine/format/detect/unknown-format.ts'
export type { UnsupportedFileKind } from './engine/format/detect/unsupported-file-kind.ts'
export { formatByFileName, formatByName } from './engine/format/formats.ts'
export { readBundleImportOptions } from './engine/import/bundle/bundle-import-options.ts'
export { readSentImportOptions } from './engine/import/import-options.ts'
export { policySchema, readingSchema } from './engine/import/import-options-schema.ts'
export { readMapping } from './engine/import/import-options-text.ts'
export { readCaller } from './engine/resource/caller.ts'
export { checkMapping } from './engine/resource/mapping/mapping.ts'
export { resourceNamed } from './engine/resource/project.ts'
export { checkRemote } from './engine/source/remote/remote-access.ts'
export { routes } from './http/routes.ts'
export { importStatus } from './http/wire/answer-schemas.ts'
export { poolSize, withClient } from './postgres/pool/checkout.ts'
export { type Failpoint, setFailpoints } from './util/failpoint.ts'
