// ladingExpress: the documented service as a handler for Express 4 and 5.
import {
  createHttp,
  type Http,
  type HttpOptions,
  handleNode,
  type ServedLading,
  type ServedLadingOptions,
  servedLading,
  splitUrl,
} from '@lading/core/http'
import type { Request, RequestHandler } from 'express'

/** What only this adapter has. */
export interface ExpressOptions {
  /** Who asks, as the host has found out: text is a principal, an object may have `tenant` and `principal`; `authorize` sees it as it is. @defaultValue nobody */
  readonly principal?: ((request: Request) => unknown) | undefined
}

/** For what `createLading` made. */
export interface LadingExpressOptions extends ServedLadingOptions, ExpressOptions {}

/** For jobs and an exporter that were made one by one. */
export interface LadingExpressParts extends HttpOptions, ExpressOptions {}

export interface LadingHandler extends RequestHandler {
  /**
   * Resolves when no request is worked on any more, also none whose client has gone. To be waited for behind the
   * server's `close`, and before the pool and the process end.
   */
  settled(): Promise<void>
}

/**
 * Mount it at the root or under a prefix, before what reads bodies (see docs/operating.md). Paths that are not of the service go to
 * the next handler; everything under `/v1/` is of the service.
 *
 * @example
 * const lading = createLading({ pool, resources })
 * app.use('/api', ladingExpress(lading, { authorize }))
 *
 * @example
 * app.use('/api', ladingExpress({ jobs, exporter, resources, authorize }))
 *
 * @throws LadingError `CONFIG_INVALID`
 */
export function ladingExpress(parts: LadingExpressParts): LadingHandler
export function ladingExpress(lading: ServedLading, options?: LadingExpressOptions): LadingHandler
export function ladingExpress(
  served: ServedLading | LadingExpressParts,
  options?: LadingExpressOptions,
): LadingHandler {
  if (isParts(served)) {
    const { principal, ...parts } = served
    return handlerOf(createHttp(parts), principal)
  }
  const { principal, ...serving } = options ?? {}
  return handlerOf(createHttp(servedLading(served, serving)), principal)
}

/** A lading has methods that parts do not have. */
function isParts(served: ServedLading | LadingExpressParts): served is LadingExpressParts {
  return !('import' in served && 'work' in served)
}

function handlerOf(http: Http, principal: ExpressOptions['principal']): LadingHandler {
  const handler: RequestHandler = (request, response, next) => {
    const { url, baseUrl: mount } = request
    const [path] = splitUrl(url)
    if (!http.owns(path)) return next()
    // Express tells everybody what it is; which version has which hole is known.
    response.removeHeader('X-Powered-By')
    handleNode(http, {
      request,
      response,
      url,
      mount,
      remoteAddress: request.ip,
      principal: principal && (() => principal(request)),
      // A body parser of the host leaves what it read here; Express 4 has `{}` here without one.
      parsedBody: request.body,
    }).catch(next)
  }
  return Object.assign(handler, { settled: () => http.whenIdle() })
}
