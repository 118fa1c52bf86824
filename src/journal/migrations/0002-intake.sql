-- Stores a batch of messages: dedupe, identity, raw body, inbox, lane, in one statement and one commit.
-- Answers one row a message: accepted, duplicate (seen before with the same bytes) or parked (belongs to nothing we know yet).
create function intake_store(
  p_tenants text, p_tenant text[], p_connection text[], p_topic text[], p_source_event_id text[], p_occurred_ms bigint[], p_via text[],
  p_ref_connection text[], p_ref_type text[], p_ref_id text[], p_founded text[], p_class int[], p_body bytea[], p_body_hash bytea[], p_sealed_key bytea[]
) returns table (ordinal int, message_id bigint, entity text, outcome text)
language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('tallyport.tenants', p_tenants, true);
  return query
  with incoming as (
    select i.*, nextval('message_number') as message_id
    from unnest(p_tenant, p_connection, p_topic, p_source_event_id, p_occurred_ms, p_via, p_ref_connection, p_ref_type, p_ref_id, p_founded, p_class, p_body, p_body_hash, p_sealed_key)
      with ordinality as i(tenant, connection, topic, source_event_id, occurred_ms, via, ref_connection, ref_type, ref_id, founded, class, body, body_hash, sealed_key, ordinal)
  ), fresh as (
    insert into seen (tenant, connection, topic, source_event_id, body_hash, message_id)
    select tenant, connection, topic, source_event_id, body_hash, message_id from incoming order by tenant, connection, topic, source_event_id, body_hash, ordinal
    on conflict do nothing
    returning seen.message_id
  ), resolved as materialized (
    select i.*, coalesce(l.entity, i.founded) as entity, l.entity is null and i.founded is not null as founding
    from incoming i join fresh f using (message_id)
    left join identity_link l on l.tenant = i.tenant and l.connection = i.ref_connection and l.type = i.ref_type and l.external_id = i.ref_id
  ), founded as (
    insert into identity_link (tenant, connection, type, external_id, entity)
    select distinct tenant, ref_connection, ref_type, ref_id, entity from resolved where founding order by 1, 2, 3, 4
    on conflict do nothing
  ), stored as (
    insert into message (tenant, message_id, connection, topic, source_event_id, occurred_at, via, entity, body, body_hash)
    select tenant, message_id, connection, topic, source_event_id, to_timestamp(occurred_ms / 1000.0), via, entity, body, body_hash from resolved
  ), keyed as (
    insert into vault.message_key (tenant, message_id, sealed_key) select tenant, message_id, sealed_key from resolved
  ), queued as (
    insert into inbox (tenant, entity, kind, message_id, received_at)
    select tenant, entity, 'message', message_id, now() from resolved where entity is not null order by ordinal
  ), counted as (
    insert into lane (tenant, entity, todo, class, due)
    select tenant, entity, count(*), min(class), now() from resolved where entity is not null group by tenant, entity order by tenant, entity
    on conflict (tenant, entity) do update set todo = lane.todo + excluded.todo, class = least(lane.class, excluded.class), due = least(lane.due, excluded.due)
  ), stranded as (
    insert into parked (tenant, kind, entity, key, connection, name, cause, detail, remedy)
    select tenant, 'message', null, message_id::text, connection, topic, 'unlinked-record',
      format('no %s %s of %s is known here', ref_type, ref_id, ref_connection), 'It goes on by itself when the record is linked; else link or discard it.'
    from resolved where entity is null
    returning parked.tenant, parked.parked_id, parked.key
  ), waiting as (
    insert into wait (tenant, topic, entity, parked_id)
    select r.tenant, format('link:%s:%s:%s', r.ref_connection, r.ref_type, r.ref_id), '', s.parked_id from stranded s join resolved r on r.message_id = s.key::bigint
  )
  select i.ordinal::int, i.message_id, r.entity, case when r.message_id is null then 'duplicate' when r.entity is null then 'parked' else 'accepted' end
  from incoming i left join resolved r using (message_id) order by 1;
end $$;
