//! Where what is written on a line goes: on the line, where it covers neither a box nor another label. One that fits
//! nowhere is left out.

use super::place::Route;
use super::scene::{Frame, Point};

/// How far along a line a label may be, best first.
const PLACES: [f64; 19] = [0.5, 0.46, 0.54, 0.42, 0.58, 0.38, 0.62, 0.34, 0.66, 0.3, 0.7, 0.26, 0.74, 0.22, 0.78, 0.18, 0.82, 0.14, 0.86];
/// Points of each bend that stand for the line.
const POINTS: u32 = 12;

/// The middles of the labels, by line. `sizes` has none for lines without a label; lines in `first` choose before others.
pub(super) fn labels(routes: &[Option<Route>], sizes: &[Option<(f64, f64)>], boxes: &[Frame], first: &[bool]) -> Vec<Option<Point>> {
    let lines: Vec<Vec<Point>> = routes.iter().map(|route| route.as_ref().map(points).unwrap_or_default()).collect();
    let mut found = vec![None; routes.len()];
    let mut taken = boxes.to_vec();
    let mut order: Vec<usize> = (0..routes.len()).collect();
    order.sort_by_key(|at| first.get(*at) != Some(&true));
    for at in order {
        let (Some(line), Some(Some(size))) = (lines.get(at), sizes.get(at)) else { continue };
        let free = PLACES.iter().filter_map(|place| {
            let middle = along(line, *place)?;
            let frame = Frame { x: middle.x - size.0 / 2.0, y: middle.y - size.1 / 2.0, w: size.0, h: size.1 };
            let grown = frame.within(-2.0);
            (!taken.iter().any(|other| other.meets(&grown))).then_some((middle, frame))
        });
        // The fewer other lines it covers, the better.
        let covered = |frame: &Frame| {
            let others = lines.iter().enumerate().filter(|(other, _)| *other != at);
            others.filter(|(_, line)| line.iter().any(|point| holds(frame, *point))).count()
        };
        if let Some((middle, frame)) = free.min_by_key(|(_, frame)| covered(frame)) {
            taken.push(frame);
            if let Some(place) = found.get_mut(at) {
                *place = Some(middle);
            }
        }
    }
    found
}

fn holds(frame: &Frame, point: Point) -> bool {
    point.x > frame.x && point.x < frame.x + frame.w && point.y > frame.y && point.y < frame.y + frame.h
}

/// Points of a line.
fn points(route: &Route) -> Vec<Point> {
    let mut points = vec![route.from];
    let mut start = route.from;
    for [one, other, end] in &route.bends {
        for step in 1..=POINTS {
            let t = f64::from(step) / f64::from(POINTS);
            let at = |a: f64, b: f64, c: f64, d: f64| {
                let u = 1.0 - t;
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            points.push(Point { x: at(start.x, one.x, other.x, end.x), y: at(start.y, one.y, other.y, end.y) });
        }
        start = *end;
    }
    points
}

/// The point after a share of a line's length.
fn along(line: &[Point], share: f64) -> Option<Point> {
    let pairs = || line.windows(2).filter_map(|pair| if let [one, other] = pair { Some((*one, *other)) } else { None });
    let far = |(one, other): (Point, Point)| (one.x - other.x).hypot(one.y - other.y);
    let mut rest = pairs().map(far).sum::<f64>() * share;
    for (one, other) in pairs() {
        let own = far((one, other));
        if own >= rest && own > 0.0 {
            let t = rest / own;
            return Some(Point { x: one.x + (other.x - one.x) * t, y: one.y + (other.y - one.y) * t });
        }
        rest -= own;
    }
    line.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn straight(y: f64) -> Route {
        let end = Point { x: 100.0, y };
        Route { from: Point { x: 0.0, y }, bends: vec![[Point { x: 33.0, y }, Point { x: 66.0, y }, end]] }
    }

    #[test]
    fn labels_avoid_boxes_and_each_other() {
        let routes = [Some(straight(0.0)), Some(straight(4.0)), None];
        let middle = Frame { x: 45.0, y: -5.0, w: 10.0, h: 20.0 };
        let found = labels(&routes, &[Some((20.0, 10.0)); 3], &[middle], &[false; 3]);
        let (one, other) = (found[0].unwrap(), found[1].unwrap());
        assert!((one.x - 50.0).abs() > 15.0 && (other.x - 50.0).abs() > 15.0 && (one.x - other.x).abs() > 20.0);
        assert_eq!(found[2], None);
    }

    #[test]
    fn what_fits_nowhere_is_left_out() {
        let found = labels(&[Some(straight(0.0))], &[Some((20.0, 10.0))], &[Frame { x: -50.0, y: -50.0, w: 300.0, h: 100.0 }], &[true]);
        assert_eq!(found, [None]);
    }
}
