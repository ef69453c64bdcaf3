import { type SQL, sql } from 'drizzle-orm';
import { aliasesOf, EVENT_TYPES } from '../../shared/catalogue/events/index.ts';

const ALIASES_BY_TYPE = JSON.stringify(
  Object.fromEntries(EVENT_TYPES.map((type) => [type, aliasesOf(type)])),
);

/** `subscribedName` of the catalogue in SQL; null when the subscription does not ask for the type. */
export function subscribedNameSql(subscription: SQL, type: SQL): SQL {
  return sql`case
    when ${type} = any(${subscription}) then ${type}
    else coalesce(
      (
        select name from unnest(${subscription}) with ordinality as subscribed(name, place)
        where ${ALIASES_BY_TYPE}::jsonb -> ${type} @> to_jsonb(name)
        order by place limit 1
      ),
      case when ${subscription} && array['*', split_part(${type}, '.', 1) || '.*'] then ${type} end
    )
  end`;
}
