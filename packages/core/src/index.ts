// The public API of @lading/core, in the order of the README.
export { Type } from '@sinclair/typebox'
export { createLading } from './create-lading.ts'
export type {
  BundleFormat,
  BundleOptions,
  BundleSpool,
} from './engine/export/bundle/bundle-export-options.ts'
export { createExporter, type Exporter } from './engine/export/create-exporter.ts'
export type {
  ExporterOptions,
  ExportProgress,
  FileShape,
  ResourceSelection,
  Selection,
  StreamCallOptions,
  StreamOptions,
} from './engine/export/exporter-options.ts'
export type { DetectedFormat } from './engine/format/detect/detect.ts'
export type { BundleEntry, OpenBundle, OpenBundleOptions } from './engine/import/bundle/open-bundle.ts'
export { createImporter, type Importer } from './engine/import/create-importer.ts'
export type {
  Delimiter,
  Encoding,
  FileOptions,
  ImportOptions,
  OnConflict,
} from './engine/import/import-options.ts'
export type { ImporterOptions, ImportProgress, RunOptions } from './engine/import/importer-options.ts'
export {
  type OpenRemoteFile,
  type OpenRemoteFileOptions,
  openRemoteFile,
} from './engine/import/remote/open-remote-file.ts'
export type { RemoteInput, RemoteInputOptions } from './engine/import/remote/remote-input.ts'
export { type ImportReport, importReportOf } from './engine/import/report/report.ts'
export type { ImportWarning } from './engine/import/report/run-warnings.ts'
export { defineResource } from './engine/resource/define.ts'
export type {
  Caller,
  FieldDefinition,
  Issue,
  JoinedDefinition,
  KeyDefinition,
  LookUpContext,
  LookUpRecord,
  LookupFieldDefinition,
  MaskDefinition,
  ReferenceDefinition,
  ResourceDefinition,
  SessionVariables,
  ShownDefinition,
  Visibility,
} from './engine/resource/definition.ts'
export type { Field, Mask } from './engine/resource/field.ts'
export type { Joined, LookupField } from './engine/resource/joined.ts'
export { defineConfig, type Project } from './engine/resource/project.ts'
export type {
  ExportFieldName,
  FileFormat,
  FormatName,
  Key,
  Reference,
  Resource,
  ResourceFilters,
  SortName,
} from './engine/resource/resource-types.ts'
export type { ColumnType, ScalarKind } from './engine/resource/schema/column-type.ts'
export type {
  FieldName,
  FilterBounds,
  FilterScalar,
  Filters,
  FilterValue,
  KeyOf,
  OnlyNames,
  PrintedRow,
  ScopeFilters,
  TypedFilters,
} from './engine/resource/typed-names.ts'
export type { ByteSource } from './engine/source/chunks.ts'
export type { ObjectSource } from './engine/source/objects.ts'
export type { RemoteOptions } from './engine/source/remote/remote-access.ts'
export type { FaultCode } from './errors/codes.ts'
export { LadingError } from './errors/lading-error.ts'
export type { RecordError } from './errors/record-error.ts'
export type { WarningCode } from './errors/warning-codes.ts'
export { createJobs } from './jobs/create-jobs.ts'
export type { JobPage, Jobs, ListErrors, Ownership, WorkOptions } from './jobs/jobs.ts'
export type { Health, Waiting } from './jobs/jobs-health.ts'
export type { JobsOptions } from './jobs/jobs-options.ts'
export type { Cleaned } from './jobs/maintenance/janitor.ts'
export type { VerifyStoredOptions } from './jobs/maintenance/verify-stored.ts'
export type { ErrorPage } from './jobs/results/record-errors.ts'
export type { ErrorFilter } from './jobs/store/error-counts.ts'
export type { FileState, VerifiedFile } from './jobs/store/files/verify-file.ts'
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
export type { CapacityRequest } from './jobs/submit/capacity.ts'
export type { KeyClaim } from './jobs/submit/claim-key.ts'
export type { KnownRequest } from './jobs/submit/idempotency-store.ts'
export type {
  BundleJobs,
  FileNotes,
  ImportNotes,
  JobNotes,
  SubmitBundleExport,
  SubmitBundleImport,
  SubmitExport,
  SubmitExportNotes,
  SubmitImport,
  SubmitRemoteImport,
} from './jobs/submit/submit-options.ts'
export type { Outage } from './jobs/work/outages.ts'
export type {
  Lading,
  LadingJobsOptions,
  LadingLimits,
  LadingMetrics,
  LadingOptions,
  LadingWorkOptions,
} from './lading.ts'
export type { CleanedKind, Metrics, VerifiedState, WorkKind } from './metrics/metrics.ts'
export { noopMetrics } from './metrics/noop.ts'
export { ladingMigrations, type MigrateOptions, type MigrateResult, migrate } from './postgres/migrations.ts'
export type { Client, Pool, PooledClient, QueryResult } from './postgres/pool/checkout.ts'
export { type WaitOptions, waitForDatabase } from './postgres/pool/wait-for-database.ts'
export type { SynchronousCommit } from './postgres/transaction/commit-level.ts'
export { memoryQueue } from './queue/memory-queue.ts'
export { type PostgresQueueOptions, postgresQueue } from './queue/postgres-queue.ts'
export type { Queue, QueueListener, WakeOptions } from './queue/queue.ts'
export { type FileStorage, type FileStorageOptions, fileStorage } from './storage/file/file-storage.ts'
export { memoryStorage } from './storage/memory-storage.ts'
export type {
  ByteRange,
  ObjectFacts,
  PutOptions,
  Storage,
  StorageSource,
  StorageWithCapacity,
  StoredObject,
} from './storage/storage.ts'
