-- grain: one brake, released by a person
-- writes: journal brakes
-- param: scope, by, at
update brakes
set
    released_at = $at,
    released_by = $by
where scope = $scope and released_at is null
