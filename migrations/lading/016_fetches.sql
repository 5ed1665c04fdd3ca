-- Messages of jobs whose file is still to be fetched have a kind of their own, so that others take them up.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.queue drop constraint if exists queue_kind_check;

alter table lading.queue add constraint queue_kind_check check (kind in ('import', 'export', 'fetch'));

comment on column lading.queue.kind is 'Who takes it up. The message of an import from a URL is a fetch until its file is here.';
comment on column lading.queue.resource is 'Whose turn it is: of a fetch, the tenant, else the principal, else the resource.';

insert into lading.migrations (name) values ('lading/016_fetches')
on conflict do nothing;

commit;
