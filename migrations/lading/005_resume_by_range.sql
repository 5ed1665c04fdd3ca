-- What a job keeps so that a later attempt reads its file from the checkpoint on, and not from the start.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

-- json and not jsonb: the header is kept as the file has it, and a hostile one may hold zero bytes.
alter table lading.jobs
  add column if not exists checkpoint_expects text,
  add column if not exists begun_with json;

comment on column lading.jobs.checkpoint_expects is 'What must come first behind checkpoint_byte in a JSON array, where it is not an element.';
comment on column lading.jobs.begun_with is 'Written with the first batch: a fingerprint of the resource, whether the stored bytes are the text, and the header of a CSV file.';

insert into lading.migrations (name) values ('lading/005_resume_by_range')
on conflict do nothing;

commit;
