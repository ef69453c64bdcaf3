import { z } from '@hono/zod-openapi';

const HEADER_LIMIT = 20;
/** Ours, or the connection's: a value of the caller's would break the request or its proof. */
const RESERVED_HEADER =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|date|range|if-.*|accept-encoding|content-.*|cookie|set-cookie|via|forwarded|traceparent|x-real-ip|x-(?:cluster-)?client-ip|true-client-ip|cf-.*|x-forwarded-.*|proxy-.*|webhook-.*|x-signature|upstash-.*)$/;

/** Headers that an endpoint's owner adds to each request, by lower-case name. */
export const CustomHeaders = z
  .record(
    z
      .string()
      .toLowerCase()
      .regex(/^[!#$%&'*+.^_`|~\w-]{1,100}$/, 'must be a header name'),
    z
      .string()
      .max(2_000)
      .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
  )
  // Here rather than at the key, whose message is put after “the name”.
  .superRefine((headers, context) => {
    for (const name of Object.keys(headers))
      if (RESERVED_HEADER.test(name))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'is a header that Waypost or the connection sets',
        });
  })
  .refine(
    (headers) => Object.keys(headers).length <= HEADER_LIMIT,
    `has more than ${HEADER_LIMIT} headers`,
  );
