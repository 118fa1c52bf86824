-- Recounts a lane whose counter disagrees with what lies in it. It never should; a lane that is claimed in vain would spin for ever.
create function lane_repair(p_tenant text, p_entity text) returns int language plpgsql as $$
declare before int; counted int;
begin
  perform set_config('tallyport.tenants', p_tenant, true);
  select todo into before from lane where tenant = p_tenant and entity = p_entity for update;
  if not found then return 0; end if;
  select (select count(*) from inbox i where i.tenant = p_tenant and i.entity = p_entity) + (select count(*) from command c where c.tenant = p_tenant and c.entity = p_entity and not c.parked) into counted;
  update lane set todo = counted where tenant = p_tenant and entity = p_entity;
  return counted - before;
end $$;
