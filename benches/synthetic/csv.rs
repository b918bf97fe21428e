//! The credential report: one line for each user and the root user.

use super::names::{self, World, before, stamp};
use super::rng::Rng;

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,\
mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// The report's text.
pub(super) fn credential_report(world: &World) -> String {
    let account = names::ACCOUNT;
    let mut lines = vec![HEADER.to_owned()];
    lines.push(format!(
        "<root_account>,arn:aws:iam::{account}:root,{},not_supported,{},not_supported,not_supported,true,{},{},false,N/A,false,N/A",
        stamp(names::NOW - 150_000_000),
        stamp(names::NOW - 9_000_000),
        NO_KEY,
        NO_KEY,
    ));
    lines.extend((0..world.size.users).map(|index| user(world, index)));
    lines.join("\n")
}

const NO_KEY: &str = "false,N/A,N/A,N/A,N/A";

fn user(world: &World, index: usize) -> String {
    let named = world.user(index);
    let made = user_made(world, index);
    let mut rng = world.rng("credentials", index);
    let machine = index % 3 == 2;
    let password = if machine {
        "false,N/A,N/A,N/A,false".to_owned()
    } else {
        let used = if rng.chance(85) { stamp(before(&mut rng, 200).max(made)) } else { "no_information".to_owned() };
        format!("true,{used},{},N/A,{}", stamp(before(&mut rng, 600).max(made)), rng.chance(80))
    };
    let first = if machine || rng.chance(45) { key(&mut rng, made) } else { NO_KEY.to_owned() };
    let second = if rng.chance(12) { key(&mut rng, made) } else { NO_KEY.to_owned() };
    let arn = named.arn("user");
    format!("{},{arn},{},{password},{first},{second},false,N/A,false,N/A", named.name, stamp(made))
}

/// When a user was made: the authorization details and the report agree.
pub(super) fn user_made(world: &World, index: usize) -> u64 {
    before(&mut world.rng("user-made", index), 2_000)
}

fn key(rng: &mut Rng, made: u64) -> String {
    let rotated = before(rng, 900).max(made);
    let active = rng.chance(85);
    if rng.chance(20) {
        return format!("{active},{},N/A,N/A,N/A", stamp(rotated));
    }
    let used = before(rng, 300).max(rotated);
    format!("{active},{},{},{},{}", stamp(rotated), stamp(used), rng.pick(names::REGIONS), rng.pick(&["s3", "sts", "ec2", "sqs", "iam"]))
}
