// GET /v1/exports: the rows of a resource as a file, printed while it is sent.
import { gzipped } from '../../engine/format/text/gzip.ts'
import { takesGzip } from '../answer/accept.ts'
import { day, fileResponse, firstBytesOf, isHead } from '../answer/download.ts'
import type { Handler, Service } from '../service.ts'
import { readExportQuery } from '../submit/export-query.ts'
import { type HttpRequest, type HttpResponse, header } from '../wire/message.ts'

export const streamExport: Handler = (request, service) => {
  const asked = readExportQuery(request.rawQuery, service.registry)
  const answer = () => exported(request, service, asked)
  // Whoever asks for the headers only gets no connection of the database, and needs no place.
  return isHead(request) ? answer() : service.streamedExports.withSlot(request, answer)
}

async function exported(
  request: HttpRequest,
  { exporter }: Service,
  asked: ReturnType<typeof readExportQuery>,
): Promise<HttpResponse> {
  const { resource, format, compression = 'none' } = asked
  await request.access.permit(resource)
  const isPackedOnTheWay = compression === 'none' && takesGzip(header(request, 'accept-encoding'))
  // It judges what is asked at once, and reads nothing before it is read.
  const stream = exporter.stream({ ...asked, caller: request.access.caller })
  const facts = {
    name: `${resource}-${day()}`,
    format,
    compression,
    headers: { Vary: 'Accept-Encoding', ...(isPackedOnTheWay && { 'Content-Encoding': 'gzip' }) },
  }
  // Nobody would read the rows.
  if (isHead(request)) {
    stream.destroy()
    return fileResponse(undefined, facts)
  }
  return fileResponse(await firstBytesOf(isPackedOnTheWay ? gzipped(stream) : stream, request.signal), facts)
}
