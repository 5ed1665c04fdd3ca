// ladingExpress: the documented service as a handler for Express 4 and 5.
import { createHttp, type HttpOptions, handleNode, splitUrl } from '@lading/core/http'
import type { Request, RequestHandler } from 'express'

export interface LadingOptions extends HttpOptions {
  /** Who asks, as the host has found out: text is a principal, an object may have `tenant` and `principal`; `authorize` sees it as it is. @defaultValue nobody */
  readonly principal?: ((request: Request) => unknown) | undefined
}

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
 * app.use('/api', ladingExpress({ jobs, exporter, resources }))
 */
export function ladingExpress({ principal, ...options }: LadingOptions): LadingHandler {
  const http = createHttp(options)
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
  return Object.assign(handler, { settled: () => http.settled() })
}
