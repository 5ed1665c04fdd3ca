// The public API of @lading/core/testing: a conformance suite for each contract.
export { storageSuite } from './storage-suite.ts'
