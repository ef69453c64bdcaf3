CREATE TABLE "erased_opt_outs" (
	"workspace_id" text NOT NULL,
	"person_hash" text NOT NULL,
	"erasure_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "erased_opt_outs_workspace_id_person_hash_pk" PRIMARY KEY("workspace_id","person_hash")
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"contact_hashes" text[] NOT NULL,
	"ids" text[],
	"part" text DEFAULT 'messages' NOT NULL,
	"after" text DEFAULT '' NOT NULL,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "erasures_forget_ids" CHECK (("erasures"."status" = 'done') = ("erasures"."ids" is null))
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "erased_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "erased_opt_outs" ADD CONSTRAINT "erased_opt_outs_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erased_opt_outs" ADD CONSTRAINT "erased_opt_outs_erasure_id_erasures_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasures"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "erased_opt_outs_erasure" ON "erased_opt_outs" USING btree ("erasure_id");--> statement-breakpoint
CREATE INDEX "erasures_created" ON "erasures" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE INDEX "erasures_unfinished" ON "erasures" USING btree ("created_at") WHERE "erasures"."status" <> 'done';