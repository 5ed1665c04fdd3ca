// The public API of @lading/core/http, for adapters to web frameworks.
export type { AccessRequest, Action, Authorize } from './admission/access.ts'
export { AccessRefused, type RefusalOptions, type RefusalReason } from './admission/access-refused.ts'
export { type HttpLimits, type HttpLimitsOptions, readLimits } from './admission/http-limits.ts'
export { checkOrigins } from './admission/origins.ts'
export { continueWhenRead } from './body/continue-when-read.ts'
export {
  type ParserOutput,
  type RemainingBody,
  remainingBody,
} from './body/read-before.ts'
export { lingeringClose } from './connection/lingering-close.ts'
export { resetIfTruncated } from './connection/reset-truncated.ts'
export { createHttp, type Http } from './create-http.ts'
export type { HttpMetrics, HttpOptions } from './http-service.ts'
export {
  cutOffIfStalled,
  disconnectSignal,
  handleNode,
  type NodeExchange,
  splitUrl,
} from './node.ts'
export { routePaths } from './routes.ts'
export { type ServedLading, type ServedLadingOptions, servedLading } from './served-lading.ts'
export type {
  Access,
  ConsumedBody,
  HttpInput,
  HttpRequest,
  HttpResponse,
  RoutedRequest,
} from './wire/message.ts'
export { type HttpCode, HttpFault, httpCodes, problemResponse } from './wire/problem.ts'
