# Reference values for tests/test_sensitivity.py: run `Rscript sensitivity.R` in this folder.
# Reads regress_data.csv; writes sensitivity.csv. Nothing here uses the formulas of the package: robustness values come
# from confounders that are really added to lm(), Oster's from the definition of proportional selection, Rosenbaum's
# from all signs of the pairs.
options(digits = 17)
d <- read.csv("regress_data.csv")
out <- list()
keep <- function(set, what, value) out[[length(out) + 1]] <<- data.frame(set, what, value = unname(as.numeric(value)))

# A confounder z with given partial R2: a unit vector that leans on the score's and on the outcome's residuals.
confounder <- function(m, dm, r2d, r2y) {
  ed <- resid(dm); ey <- resid(m); u <- resid(lm(rnorm(length(ed)) ~ ed + ey + model.matrix(m) - 1))
  unit <- function(v) v / sqrt(sum(v^2))
  # z = sqrt(r2d) ed + sqrt(1 - r2d) (sqrt(r2y) ey + sqrt(1 - r2y) u): its share of the score is r2d, and beside the
  # score its share of the outcome is r2y.
  sqrt(r2d) * unit(ed) + sqrt(1 - r2d) * (sqrt(r2y) * unit(ey) + sqrt(1 - r2y) * unit(u))
}
with_z <- function(m, dm, r2d, r2y) {
  z <- sign(coef(m)[2]) * confounder(m, dm, r2d, r2y)
  summary(lm(model.response(model.frame(m)) ~ model.matrix(m) + z - 1))$coefficients[2, ]
}
set.seed(1)
study <- function(set, m, dm, covariate) {
  b <- sign(coef(m)[2])
  # The estimate is zero beside a confounder that explains r of both.
  keep(set, "robustness_value", uniroot(function(r) b * with_z(m, dm, r, r)[1], c(1e-6, 1 - 1e-6), tol = 1e-13)$root)
  # The interval holds zero: the worst share of the outcome up to r.
  dof <- df.residual(m) - 1
  gap <- function(r) {
    t <- function(s) b * with_z(m, dm, r, s)[3] - qt(.975, dof)
    min(t(r), optimize(t, c(0, r), tol = 1e-12)$objective)
  }
  keep(set, "robustness_value_alpha", if (gap(1e-9) < 0) 0 else uniroot(gap, c(1e-9, 1 - 1e-6), tol = 1e-13)$root)
  keep(set, "partial_r2", summary(lm(resid(m0 <- lm(model.response(model.frame(m)) ~ model.matrix(m)[, -2] - 1)) ~ resid(dm) - 1))$r.squared)
  if (is.null(covariate)) return()
  X <- model.matrix(m); y <- model.response(model.frame(m)); x <- X[, 2]; j <- which(colnames(X) == covariate)
  rss <- function(v, Z) sum(resid(lm(v ~ Z - 1))^2)
  dj <- 1 - rss(x, X[, -2]) / rss(x, X[, -c(2, j)]); yj <- 1 - rss(y, X) / rss(y, X[, -j])
  for (k in 1:3) {
    # Cinelli & Hazlett's bounds by their definitions: z is k times as strong as the covariate once the others are known.
    r2d <- k * dj / (1 - dj); eta <- k * dj^2 / ((1 - k * dj) * (1 - dj))
    r2y <- min(1, ((sqrt(k) + sqrt(eta)) / sqrt(1 - eta))^2 * yj / (1 - yj))
    z <- with_z(m, dm, r2d, r2y)
    keep(set, paste0("estimate x", k), z[1]); keep(set, paste0("std_error x", k), z[2])
  }
}
study("rows", lm(y ~ lead + age + pppk, d), lm(lead ~ age + pppk, d), "age")
u <- aggregate(cbind(lead, y) ~ unit, d, mean)
study("units", lm(y ~ lead, u), lm(lead ~ 1, u), NULL)

# Oster: y = beta x + index of the covariates + W2, W2 without correlation with them, Var(y) rmax = Var(x, w, W2).
m <- lm(y ~ lead + age + pppk, d); s <- lm(y ~ lead, d); n <- nrow(d)
xr <- resid(lm(lead ~ age + pppk, d)); v <- function(a) mean((a - mean(a))^2); cv <- function(a, b) mean((a - mean(a)) * (b - mean(b)))
selection <- function(beta, rmax) {
  # Given beta, the index is what the covariates say of y - beta x; W2 must take the rest of the bias.
  index <- fitted(lm(I(d$y - beta * d$lead) ~ age + pppk, d))
  s2x <- (coef(m)[2] - beta) * v(xr)
  s22 <- rmax * v(d$y) - v(beta * d$lead + index) - 2 * beta * s2x
  (s2x / s22) / (cv(index, d$lead) / v(index))
}
for (rmax in c(0.9, 1)) {
  tag <- rmax
  keep("oster", paste("delta", tag), selection(0, rmax))
  # All roots of delta = 1 on a fine grid.
  grid <- seq(-20, 20, by = 0.0037); f <- sapply(grid, selection, rmax = rmax) - 1
  at <- which(diff(sign(f)) != 0 & abs(diff(f)) < 1)
  roots <- sapply(at, function(i) uniroot(function(b) selection(b, rmax) - 1, grid[i + 0:1], tol = 1e-13)$root)
  keep("oster", paste("root", tag), roots[which.min(abs(roots - coef(m)[2]))])
}

# E-values by search: the smallest RR with bias factor RR^2 / (2 RR - 1) reaching the ratio.
for (rr in c(3.9, 1.8, 0.5, 1.05)) {
  r <- max(rr, 1 / rr)
  keep("e_value", rr, uniroot(function(e) e^2 / (2 * e - 1) - r, c(1, 100), tol = 1e-13)$root)
}

# Rosenbaum: the chance of a rank sum at least as large over all signs of twelve pairs, ties and a zero among them.
change <- c(3, 5, -1, 2, 2, 0, 7, 4, -2, 6, 1, 3)
ranks <- rank(abs(change)); ranks <- ranks[change != 0]; up <- change[change != 0] > 0
signs <- as.matrix(expand.grid(rep(list(0:1), length(ranks))))
tail <- function(gamma) {
  p <- gamma / (1 + gamma)
  sum((p^rowSums(signs) * (1 - p)^(length(ranks) - rowSums(signs)))[signs %*% ranks >= sum(ranks[up]) - 1e-9])
}
for (gamma in c(1, 1.5, 2, 3)) keep("rosenbaum", paste("p", gamma), 2 * tail(gamma))
keep("rosenbaum", "gamma", uniroot(function(g) 2 * tail(g) - .05, c(1, 50), tol = 1e-12)$root)
# McNemar: 14 of 18 pairs that differ speak for the trained person.
keep("mcnemar", "gamma", uniroot(function(g) 2 * pbinom(13, 18, g / (1 + g), lower.tail = FALSE) - .05, c(0.5, 50), tol = 1e-12)$root)

write.csv(do.call(rbind, out), "sensitivity.csv", row.names = FALSE, quote = FALSE)
