// The public API of @lading/core, in the order of the README.
export { Type } from '@sinclair/typebox'
export type { FaultCode } from './errors/codes.ts'
export { LadingError } from './errors/lading-error.ts'
export type { RecordError } from './errors/record-error.ts'
export type { WarningCode } from './errors/warning-codes.ts'
export type { BundleOptions, BundleSpool } from './exporter/bundle-options.ts'
export { createExporter, type Exporter } from './exporter/create-exporter.ts'
export { readFilterTexts } from './exporter/filter-text.ts'
export type {
  ExporterOptions,
  ExportProgress,
  FileShape,
  Selection,
  StreamOptions,
} from './exporter/options.ts'
export { isBundle } from './format/bundle/detect.ts'
export { readDelimiter } from './format/delimiter.ts'
export { type DetectedFormat, delimiterOfFileName, detectFormat, type FileFacts } from './format/detect.ts'
export { type ForeignKind, foreignByName } from './format/foreign.ts'
export { formatNamed, formatOfFileName } from './format/formats.ts'
export { type UnknownFormatWords, unknownFormat } from './format/unknown-format.ts'
export { readBundleSettings } from './importer/bundle-settings.ts'
export { createImporter, type Importer } from './importer/create-importer.ts'
export type { BundleEntry, OpenBundle, OpenBundleOptions } from './importer/open-bundle.ts'
export {
  type OpenRemoteFile,
  type OpenRemoteFileOptions,
  openRemoteFile,
} from './importer/open-remote-file.ts'
export type { ImporterOptions, ImportProgress, RunOptions } from './importer/options.ts'
export { type ImportReport, importReportOf } from './importer/report.ts'
export {
  type Delimiter,
  type Encoding,
  type FileSettings,
  type ImportSettings,
  type OnConflict,
  readSettings,
} from './importer/settings.ts'
export { readEncoding, readMapping } from './importer/settings-text.ts'
export type { ImportWarning } from './importer/warnings.ts'
export { createJobs } from './jobs/create-jobs.ts'
export type { Health, Waiting } from './jobs/health.ts'
export type { JobPage, Jobs, ListErrors, WorkOptions } from './jobs/jobs.ts'
export type { JobsOptions } from './jobs/jobs-options.ts'
export type { Cleaned } from './jobs/maintenance/janitor.ts'
export type { VerifyStoredOptions } from './jobs/maintenance/verify-stored.ts'
export type { ErrorPage } from './jobs/outcome/record-errors.ts'
export type { ErrorFilter } from './jobs/store/error-counts.ts'
export type {
  Job,
  JobFile,
  JobKind,
  JobOutage,
  JobProgress,
  JobStatus,
  JobWarning,
} from './jobs/store/job.ts'
export type { ListJobs } from './jobs/store/job-store.ts'
export type { FileState, VerifiedFile } from './jobs/store/verify-file.ts'
export type { KeyClaim } from './jobs/submit/idempotency.ts'
export type { WantedRoom } from './jobs/submit/room.ts'
export type {
  BundleJobs,
  FileNotes,
  ImportNotes,
  JobNotes,
  SubmitBundleExport,
  SubmitBundleImport,
  SubmitExport,
  SubmitImport,
  SubmitRemoteImport,
} from './jobs/submit/submission.ts'
export type { Outage } from './jobs/work/outages.ts'
export type { CleanedKind, Metrics, WorkKind } from './metrics/metrics.ts'
export { noopMetrics } from './metrics/noop.ts'
export type { SynchronousCommit } from './postgres/commit-level.ts'
export { ladingMigrations, type MigrateOptions, type MigrateResult, migrate } from './postgres/migrations.ts'
export { type WaitOptions, waitForDatabase } from './postgres/wait-for-database.ts'
export { memoryQueue } from './queue/memory-queue.ts'
export { type PostgresQueueOptions, postgresQueue } from './queue/postgres-queue.ts'
export type { Queue, QueueListener, WakeOptions } from './queue/queue.ts'
export { readCaller } from './resource/caller.ts'
export { defineResource, type Resource } from './resource/define.ts'
export type {
  Caller,
  FieldDefinition,
  FilterBounds,
  Filters,
  Issue,
  KeyDefinition,
  LookUpContext,
  LookUpRecord,
  MaskDefinition,
  ReferenceDefinition,
  ResourceDefinition,
  SessionHook,
  ShownDefinition,
  StandInDefinition,
} from './resource/definition.ts'
export { checkMapping } from './resource/mapping.ts'
export { defineConfig, type Project, resourceNamed } from './resource/project.ts'
export { checkRemote, type RemoteOptions } from './source/remote-access.ts'
export { type FileStorage, type FileStorageOptions, fileStorage } from './storage/file-storage.ts'
export { memoryStorage } from './storage/memory-storage.ts'
export type {
  ByteRange,
  ObjectFacts,
  PutOptions,
  RoomyStorage,
  Storage,
  StorageSource,
  StoredObject,
} from './storage/storage.ts'
