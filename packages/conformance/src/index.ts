// The public API of @lading/conformance: a conformance suite for each contract, for any test runner.

export type { Before, BrittleService, Principal, VisibilityService } from './http/harness.ts'
export {
  frameworkGroups,
  type HttpSuiteGroup,
  type HttpSuiteOptions,
  type HttpSuiteService,
  httpSuite,
  httpSuiteGroups,
} from './http/http-suite.ts'
export type { RemoteNames } from './http/remote-names.ts'
export { httpSuiteService } from './http/suite-service.ts'
export type { FixturePart } from './queue/queue-samples.ts'
export { type QueueFixture, type QueueSuiteOptions, queueSuite } from './queue/queue-suite.ts'
export type { SuiteRunner } from './runner.ts'
export { type StorageSuiteOptions, storageSuite } from './storage/storage-suite.ts'
