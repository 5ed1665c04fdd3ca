// The public API of @lading/core, in the order of the README.
export { Type } from '@sinclair/typebox'
export { createLading } from './create-lading.ts'
export type { FaultCode } from './errors/codes.ts'
export { LadingError } from './errors/lading-error.ts'
export type { RecordError } from './errors/record-error.ts'
export type { WarningCode } from './errors/warning-codes.ts'
export type { BundleFormat, BundleOptions, BundleSpool } from './exporter/bundle-options.ts'
export { createExporter, type Exporter } from './exporter/create-exporter.ts'
export type {
  ExporterOptions,
  ExportProgress,
  FileShape,
  ResourceSelection,
  Selection,
  StreamCallOptions,
  StreamOptions,
} from './exporter/options.ts'
export type { DetectedFormat } from './format/detect.ts'
export { createImporter, type Importer } from './importer/create-importer.ts'
export type { BundleEntry, OpenBundle, OpenBundleOptions } from './importer/open-bundle.ts'
export {
  type OpenRemoteFile,
  type OpenRemoteFileOptions,
  openRemoteFile,
} from './importer/open-remote-file.ts'
export type { ImporterOptions, ImportProgress, RunOptions } from './importer/options.ts'
export type { RemoteInput, RemoteInputOptions } from './importer/remote-input.ts'
export { type ImportReport, importReportOf } from './importer/report.ts'
export type { Delimiter, Encoding, FileSettings, ImportSettings, OnConflict } from './importer/settings.ts'
export type { ImportWarning } from './importer/warnings.ts'
export { createJobs } from './jobs/create-jobs.ts'
export type { Health, Waiting } from './jobs/health.ts'
export type { JobPage, Jobs, ListErrors, Ownership, WorkOptions } from './jobs/jobs.ts'
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
export type { KnownRequest } from './jobs/submit/idempotency-store.ts'
export type { WantedCapacity } from './jobs/submit/room.ts'
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
} from './jobs/submit/submission.ts'
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
export type { Client, Pool, PooledClient, QueryResult } from './postgres/client.ts'
export type { SynchronousCommit } from './postgres/commit-level.ts'
export { ladingMigrations, type MigrateOptions, type MigrateResult, migrate } from './postgres/migrations.ts'
export { type WaitOptions, waitForDatabase } from './postgres/wait-for-database.ts'
export { memoryQueue } from './queue/memory-queue.ts'
export { type PostgresQueueOptions, postgresQueue } from './queue/postgres-queue.ts'
export type { Queue, QueueListener, WakeOptions } from './queue/queue.ts'
export type { ColumnType, ScalarKind } from './resource/column-type.ts'
export { defineResource } from './resource/define.ts'
export type {
  Caller,
  Discretion,
  FieldDefinition,
  Issue,
  JoinedDefinition,
  KeyDefinition,
  LookUpContext,
  LookUpRecord,
  MaskDefinition,
  ReferenceDefinition,
  ResourceDefinition,
  SessionVariables,
  ShownDefinition,
  StandInDefinition,
} from './resource/definition.ts'
export type { Field, Mask } from './resource/field.ts'
export type { Joined, StandIn } from './resource/joined.ts'
export { defineConfig, type Project } from './resource/project.ts'
export type {
  ExportFieldName,
  FileFormat,
  FormatName,
  Key,
  Reference,
  Resource,
  ResourceFilters,
  SortName,
} from './resource/resource-types.ts'
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
} from './resource/typed-names.ts'
export type { ByteSource } from './source/chunks.ts'
export type { ObjectSource } from './source/objects.ts'
export type { RemoteOptions } from './source/remote-access.ts'
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
