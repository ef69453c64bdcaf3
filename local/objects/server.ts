import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { openDatabase } from '../database.ts';
import { type HttpError, startServer } from '../http.ts';
import { type Log, stderrLog } from '../log.ts';
import type { RunningService } from '../service-process.ts';
import { authenticate } from './authenticate.ts';
import { Blobs } from './blobs.ts';
import type { Operation } from './context.ts';
import { INDEX_SCHEMA } from './index-schema.ts';
import { abortUpload, completeUpload, createUpload, uploadPart } from './multipart.ts';
import { LIST_PARAMETERS, listObjects } from './list-objects.ts';
import { createObjectIndex, type ObjectIndex } from './object-index.ts';
import { getObject } from './read-object.ts';
import { S3Error, errorDocument } from './s3-error.ts';
import { amzHeader, parameter, readRequest, type S3Request } from './s3-request.ts';
import { deleteObject, putObject } from './write-object.ts';

export const objectsConfigSchema = z.object({
  port: z.number().int().min(0).max(65_535),
  /** Folder of the index and the files; made when missing. */
  dataDir: z.string().min(1),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  /** These exist; others cannot be made. */
  buckets: z.array(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)).nonempty(),
});
export type ObjectsConfig = z.infer<typeof objectsConfigSchema>;

/** A multipart upload neither completed nor aborted by then is forgotten, as R2 does. */
const UPLOAD_LIFE_MS = 7 * 86_400_000;

/** Query parameters with a meaning here. Any other could change what S3 does, and is refused. */
const KNOWN_PARAMETERS = new Set(['x-id', 'uploads', 'uploadId', 'partNumber', ...LIST_PARAMETERS]);

function checkParameters(request: S3Request): void {
  for (const [name] of request.query) {
    const known = KNOWN_PARAMETERS.has(name) || /^x-amz-/i.test(name);
    if (!known) throw new S3Error('NotImplemented', `The parameter "${name}" is not supported.`);
  }
}

type Handler = (operation: Operation) => Promise<void> | void;

function chooseOperation(request: S3Request): Handler {
  const { method } = request;
  const has = (name: string): boolean => parameter(request, name) !== undefined;
  if (request.key === undefined && method === 'GET' && parameter(request, 'list-type') === '2')
    return listObjects;
  if (request.key === undefined)
    throw new S3Error('NotImplemented', `${method} on a bucket is not supported.`);
  switch (method) {
    case 'GET':
      if (has('uploadId')) break;
      return getObject;
    case 'PUT':
      if (has('uploadId')) return uploadPart;
      if (amzHeader(request, 'x-amz-copy-source') !== undefined) break;
      return putObject;
    case 'DELETE':
      return has('uploadId') ? abortUpload : deleteObject;
    case 'POST':
      if (has('uploads')) return createUpload;
      if (has('uploadId')) return completeUpload;
      break;
    default:
      throw new S3Error('MethodNotAllowed', `${method} is not allowed.`);
  }
  throw new S3Error('NotImplemented', `This form of ${method} is not supported.`);
}

type Deps = {
  config: ObjectsConfig;
  index: ObjectIndex;
  blobs: Blobs;
  now: () => number;
};

async function handle(
  deps: Deps,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { config, index, blobs, now } = deps;
  response.setHeader('x-amz-request-id', randomUUID());
  const request = readRequest(message);
  const mode = authenticate(request, config, now());
  if (!config.buckets.includes(request.bucket)) {
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist.');
  }
  checkParameters(request);
  const key = request.key ?? '';
  await chooseOperation(request)({
    index,
    blobs,
    now,
    message,
    response,
    request,
    mode,
    key,
  });
}

function refuse(response: ServerResponse, error: HttpError): void {
  const refusal = error instanceof S3Error ? error : new S3Error('InternalError', 'Try again.');
  const requestId = String(response.getHeader('x-amz-request-id') ?? '');
  response.writeHead(refusal.status, { 'content-type': 'application/xml' });
  response.end(errorDocument(refusal, response.req.url ?? '', requestId));
}

/**
 * As much of S3 on loopback as Waypost uses: PUT, GET and DELETE of objects, their list and multipart uploads, path-style, for `@aws-sdk/client-s3` and its
 * presigner; region is not looked at. An object is either wholly there or not at all, whatever kills the process.
 * @throws Error when the port is taken or another process holds the data folder
 */
export async function startObjects(
  config: ObjectsConfig,
  { now = Date.now, log = stderrLog('objects') }: { now?: () => number; log?: Log } = {},
): Promise<RunningService> {
  const db = openDatabase(config.dataDir, 'index.sqlite', INDEX_SCHEMA);
  const index = createObjectIndex(db);
  const blobs = new Blobs(config.dataDir);
  try {
    index.dropUploadsBefore(now() - UPLOAD_LIFE_MS);
    blobs.prepare((id) => index.isNamed(id));
  } catch (error) {
    db.close();
    throw error;
  }
  return startServer({
    port: config.port,
    log,
    handle: (message, response) => handle({ config, index, blobs, now }, message, response),
    refuse,
    release: async (closed) => {
      await closed;
      db.close();
    },
  });
}
