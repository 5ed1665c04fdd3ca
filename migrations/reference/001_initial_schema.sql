-- The three tables of the reference server: users, articles, comments.
--
-- Only the reference server, the demo and the tests apply this file; Lading itself never touches a table that it
-- was not told of. It may run again, and alone: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create schema if not exists lading;

create table if not exists lading.migrations (
  name text primary key,
  applied_at timestamptz not null default now(),
  sha256 text
);

create table if not exists users (
  id uuid primary key default gen_random_uuid(),
  email varchar(255) not null,
  name varchar(255) not null,
  role text not null,
  active boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_role_check check (role in ('admin', 'author', 'reader'))
);

create unique index if not exists users_email_key on users (lower(email));

create table if not exists articles (
  id uuid primary key default gen_random_uuid(),
  slug varchar(255) not null unique,
  title varchar(500) not null,
  content text not null,
  author_id uuid not null references users (id),
  tags text[],
  status text not null,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint articles_status_check check (status in ('draft', 'published')),
  constraint articles_published_at_check check ((status = 'published') = (published_at is not null))
);

create index if not exists articles_author_id_idx on articles (author_id);

create table if not exists comments (
  id uuid primary key default gen_random_uuid(),
  article_id uuid not null references articles (id),
  user_id uuid not null references users (id),
  body varchar(10000) not null,
  created_at timestamptz not null default now()
);

create index if not exists comments_article_id_idx on comments (article_id);
create index if not exists comments_user_id_idx on comments (user_id);

insert into lading.migrations (name) values ('reference/001_initial_schema')
on conflict do nothing;

commit;
