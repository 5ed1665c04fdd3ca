// The public API of @lading/core/testing: a conformance suite for each contract, for any test runner, and failpoints.
export { type Failpoint, setFailpoints } from '../util/failpoint.ts'
export type { RemoteNames } from './http/remote-site.ts'
export { httpSuiteService } from './http/service.ts'
export type { Before, BrittleService, Principal, VisibilityService as DiscreetService } from './http/site.ts'
export {
  frameworkGroups,
  type HttpSuiteGroup,
  type HttpSuiteOptions,
  type HttpSuiteService,
  httpSuite,
} from './http/suite.ts'
export { type QueueFixture, type QueueSuiteOptions, queueSuite } from './queue/suite.ts'
export type { SuiteRunner } from './runner.ts'
export { type StorageSuiteOptions, storageSuite } from './storage/suite.ts'
