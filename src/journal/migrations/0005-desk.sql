-- The operator's desk: why each thing that stood still came, changed, was given to somebody and went; and messages corrected by hand.

create sequence parked_history_number;
create table parked_history (
  tenant text collate "C" not null,
  parked_id bigint not null,
  history_id bigint not null default nextval('parked_history_number'),
  at timestamptz not null default clock_timestamp(),
  what text not null check (what in ('opened', 'changed', 'assigned', 'announced', 'closed')),
  -- A person, by `set local tallyport.actor`; else the product itself.
  by text not null,
  detail text not null,
  primary key (tenant, parked_id, history_id)
);

-- Written by the table itself, so that no way of opening or closing something forgets it.
create function parked_remember() returns trigger language plpgsql as $$
declare actor text := coalesce(nullif(current_setting('tallyport.actor', true), ''), 'tallyport');
begin
  if tg_op = 'INSERT' then
    insert into parked_history (tenant, parked_id, what, by, detail) values (new.tenant, new.parked_id, 'opened', actor, concat(new.cause, ': ', new.detail));
    return null;
  end if;
  if (new.cause, new.detail, new.value_minor, new.currency) is distinct from (old.cause, old.detail, old.value_minor, old.currency) then
    insert into parked_history (tenant, parked_id, what, by, detail) values (new.tenant, new.parked_id, 'changed', actor, concat(new.cause, ': ', new.detail));
  end if;
  if new.owner is distinct from old.owner then
    insert into parked_history (tenant, parked_id, what, by, detail) values (new.tenant, new.parked_id, 'assigned', actor, coalesce(new.owner, 'nobody'));
  end if;
  if old.announced_at is null and new.announced_at is not null then
    insert into parked_history (tenant, parked_id, what, by, detail) values (new.tenant, new.parked_id, 'announced', actor, 'sent to the alert receiver');
  end if;
  if old.closed_at is null and new.closed_at is not null then
    insert into parked_history (tenant, parked_id, what, by, detail) values (new.tenant, new.parked_id, 'closed', actor, coalesce(new.resolution, ''));
  end if;
  return null;
end $$;
create trigger parked_history after insert or update on parked for each row execute function parked_remember();

-- A message as somebody corrected it. The original stays as it came; the newest edit is what its lane reads. Body and patch hold what the
-- message holds, so they are sealed under the message's own key: who deletes that forgets them too.
create table message_edit (
  tenant text collate "C" not null,
  message_id bigint not null,
  edit int not null,
  at timestamptz not null default now(),
  actor text not null,
  reason text not null,
  body bytea not null,
  body_hash bytea not null,
  patch bytea not null,
  primary key (tenant, message_id, edit)
);

select tenants_apart('parked_history', 'message_edit');
