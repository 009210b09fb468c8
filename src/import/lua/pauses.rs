use super::literal;
use super::syntax::Expr;
use crate::import::Pause;

/// The expression that draws a pause.
pub(super) fn draw(pause: &Pause) -> Expr {
    let numbers = |numbers: &[f64]| -> Vec<Expr> {
        let number = |number: &f64| Expr::plain(literal::number(*number));
        numbers.iter().map(number).collect()
    };
    match pause {
        Pause::Range(from, to) => Expr::Call("random.uniform".to_owned(), numbers(&[*from, *to])),
        Pause::LogNormal(median, sigma) => {
            Expr::Call("random.lognormal".to_owned(), numbers(&[*median, *sigma]))
        }
        Pause::Exponential(mean) => Expr::Call("random.exponential".to_owned(), numbers(&[*mean])),
        Pause::Quantiles(quantiles) => {
            Expr::Call("drawn".to_owned(), vec![Expr::list(numbers(quantiles))])
        }
    }
}
