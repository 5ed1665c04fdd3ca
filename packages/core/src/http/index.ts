// The public API of @lading/core/http: what an adapter for a web framework needs.
export type { AccessRequest, Action, Authorize } from './access.ts'
export { AccessRefused, type RefusalOptions, type RefusalReason } from './access-refused.ts'
export { continueWhenRead } from './continue-when-read.ts'
export { createHttp, type Http } from './create-http.ts'
export type { HttpLimits } from './limits.ts'
export type { Access, HttpInput, HttpRequest, HttpResponse, RoutedRequest } from './message.ts'
export {
  cutOffIfStalled,
  goneSignal,
  handleNode,
  type NodeExchange,
  resetIfBroken,
  splitUrl,
} from './node.ts'
export { checkOrigins } from './origins.ts'
export { type HttpCode, HttpFault, httpCodes, problemResponse } from './problem.ts'
export { routes } from './routes.ts'
export type { HttpMetrics, HttpOptions } from './service.ts'
