DROP INDEX "sessions_workspace_name";--> statement-breakpoint
UPDATE "sessions" SET "name" = regexp_replace(btrim("name"), '\s+', ' ', 'g') WHERE "name" <> regexp_replace(btrim("name"), '\s+', ' ', 'g');--> statement-breakpoint
-- Of sessions whose names mean the same now, the oldest keeps its name, one in use before an archived one; the others get the first free number behind it.
DO $$
DECLARE
	twin record;
	place integer;
	candidate text;
BEGIN
	FOR twin IN
		SELECT "id", "workspace_id", "name" FROM (
			SELECT *, row_number() OVER (PARTITION BY "workspace_id", lower("name") ORDER BY "archived_at" IS NOT NULL, "created_at", "id") AS place FROM "sessions"
		) ranked
		WHERE ranked.place > 1 ORDER BY "created_at", "id"
	LOOP
		place := 2;
		LOOP
			candidate := left(twin."name", 60) || '-' || place;
			EXIT WHEN NOT EXISTS (
				SELECT 1 FROM "sessions" WHERE "workspace_id" = twin."workspace_id" AND lower("name") = lower(candidate)
			);
			place := place + 1;
		END LOOP;
		UPDATE "sessions" SET "name" = candidate WHERE "id" = twin."id";
	END LOOP;
END $$;--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_workspace_name" ON "sessions" USING btree ("workspace_id",lower("name"));--> statement-breakpoint
UPDATE "api_keys" SET "name" = coalesce(nullif(btrim(regexp_replace(regexp_replace("name", '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g'), '[\u0001-\u0020\u007F-\u00A0\u2028\u2029]+', ' ', 'g')), ''), 'key') WHERE "name" ~ '[\u0001-\u001F\u007F-\u00A0\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|  ';--> statement-breakpoint
UPDATE "workspaces" SET "name" = coalesce(nullif(btrim(regexp_replace(regexp_replace("name", '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g'), '[\u0001-\u0020\u007F-\u00A0\u2028\u2029]+', ' ', 'g')), ''), 'workspace') WHERE "name" ~ '[\u0001-\u001F\u007F-\u00A0\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|  ';--> statement-breakpoint
UPDATE "users" SET "name" = coalesce(nullif(btrim(regexp_replace(regexp_replace("name", '[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]', '', 'g'), '[\u0001-\u0020\u007F-\u00A0\u2028\u2029]+', ' ', 'g')), ''), "email") WHERE "name" ~ '[\u0001-\u001F\u007F-\u00A0\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|  ';
