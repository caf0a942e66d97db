# Reference values for tests/test_dropout.py: run `Rscript dropout.R` in this folder.
# Writes the data (dropout_data.csv) and what R makes of them (dropout.csv).
suppressPackageStartupMessages({library(clubSandwich); library(mice)})
options(digits = 17)
set.seed(20251125)

n <- 160
d <- data.frame(arm = rep(c("control", "trained"), c(70, 90)))
d$unit <- paste0("u", sample(1:14, n, TRUE))
d$before <- round(rnorm(n, 60, 9) + rnorm(14, 0, 3)[as.integer(factor(d$unit))])
d$after <- round(0.7 * d$before + 20 + 6 * (d$arm == "trained") + rnorm(14, 0, 1.5)[as.integer(factor(d$unit))] + rnorm(n, 0, 6))
d$gone <- runif(n) < ifelse(d$arm == "trained", 0.24, 0.1) - (d$before - 60) / 200
d$after[d$gone] <- NA
write.csv(d, "dropout_data.csv", row.names = FALSE, quote = FALSE, na = "")
d$change <- d$after - d$before

out <- list()
keep <- function(set, term, what, value) out[[length(out) + 1]] <<- data.frame(set, term, what, value = unname(as.numeric(value)))
keep_t <- function(set, term, est, se, dof) {
  keep(set, term, "estimate", est); keep(set, term, "std_error", se); keep(set, term, "dof", dof)
  keep(set, term, "ci_low", est - qt(.975, dof) * se); keep(set, term, "ci_high", est + qt(.975, dof) * se)
}
tr <- subset(d, arm == "trained"); co <- subset(d, arm == "control")

p <- prop.test(sum(tr$gone), nrow(tr), correct = FALSE)
keep("one", "left", "estimate", p$estimate); keep("one", "left", "ci_low", p$conf.int[1]); keep("one", "left", "ci_high", p$conf.int[2])
w <- t.test(tr$before[tr$gone], tr$before[!tr$gone])
keep_t("one", "before_gap", unname(w$estimate[1] - w$estimate[2]), w$stderr, w$parameter)
g <- lm(before ~ gone, data = tr); ct <- coef_test(g, vcov = vcovCR(g, tr$unit, "CR2"), test = "Satterthwaite")
keep_t("one_units", "before_gap", ct$beta[2], ct$SE[2], ct$df[2])

# tipping points by root finding on a gain written out anew
stay <- subset(tr, !gone); stay0 <- subset(co, !gone)
part <- function(x) c(mean(x), var(x) / length(x), length(x) - 1)
D1 <- part(stay$change); P1 <- part(as.numeric(tr$gone)); D0 <- part(stay0$change); P0 <- part(as.numeric(co$gone))
low <- function(delta, parts, weights, value) {
  v <- sapply(parts, `[`, 2) * weights^2; dof <- sum(v)^2 / sum(v^2 / sapply(parts, `[`, 3))
  value - qt(.975, dof) * sqrt(sum(v))
}
one <- function(x) low(x, list(D1, P1), c(1, x), D1[1] + P1[1] * x)
two <- function(x) low(x, list(D1, P1, D0), c(1, x, 1), D1[1] - D0[1] + P1[1] * x)
both <- function(x) low(x, list(D1, P1, D0, P0), c(1, x, 1, x), D1[1] - D0[1] + (P1[1] + P0[1]) * x)
root <- function(f) uniroot(f, c(-100, 0), tol = 1e-12)$root
keep("one", "tipping_unseen", "estimate", root(one)); keep("one", "tipping_zero", "estimate", -D1[1] / P1[1])
keep("two", "tipping_unseen[trained]", "estimate", root(two)); keep("two", "tipping_zero[trained]", "estimate", -(D1[1] - D0[1]) / P1[1])
keep("two", "tipping_unseen_opposed[trained]", "estimate", root(both))
keep("two", "tipping_zero_opposed[trained]", "estimate", -(D1[1] - D0[1]) / (P1[1] + P0[1]))
w <- t.test(stay$change, stay0$change)
keep_t("two", "did[trained]", unname(w$estimate[1] - w$estimate[2]), w$stderr, w$parameter)

# the same with clusters: one stacked regression, an intercept for each mean
stacked <- function(blocks, units, kind) {
  s <- do.call(rbind, lapply(seq_along(blocks), function(k) data.frame(y = blocks[[k]], k, unit = units[[k]], kind = kind[k])))
  s$k <- factor(s$k)
  spread <- sapply(split(s, s$kind), function(q) sum(sapply(split(q$y, q$k, drop = TRUE), function(y) sum((y - mean(y))^2))) / (nrow(q) - length(unique(q$k))))
  s$w <- 1 / spread[as.character(s$kind)]
  s
}
clustered <- function(blocks, units, kind, weights_of) {
  s <- stacked(blocks, units, kind); fit <- lm(y ~ 0 + k, data = s, weights = w)
  V <- vcovCR(fit, cluster = s$unit, type = "CR2", target = 1 / s$w)
  function(x) {
    C <- matrix(weights_of(x), 1); se <- sqrt(drop(C %*% as.matrix(V) %*% t(C)))
    list(coef = coef(fit), se = se, dof = Wald_test(fit, constraints = C, vcov = V, test = "HTZ")$df_denom)
  }
}
f1 <- clustered(list(stay$change, as.numeric(tr$gone)), list(stay$unit, tr$unit), 0:1, function(x) c(1, x))
at <- f1(0); keep_t("one_units", "mean_change", at$coef[1], at$se, at$dof)
keep("one_units", "tipping_unseen", "estimate", uniroot(function(x) { a <- f1(x); a$coef[1] + a$coef[2] * x - qt(.975, a$dof) * a$se }, c(-60, 0), tol = 1e-10)$root)
f2 <- clustered(list(stay$change, as.numeric(tr$gone), stay0$change, as.numeric(co$gone)), list(stay$unit, tr$unit, stay0$unit, co$unit),
                c(0, 1, 0, 1), function(x) c(1, x, -1, 0))
at <- f2(0); keep_t("two_units", "did[trained]", at$coef[1] - at$coef[3], at$se, at$dof)
keep("two_units", "tipping_unseen[trained]", "estimate", uniroot(function(x) { a <- f2(x); a$coef[1] - a$coef[3] + a$coef[2] * x - qt(.975, a$dof) * a$se }, c(-60, 0), tol = 1e-10)$root)

# multiple imputation by mice: Bayesian normal regression, then a delta on what was drawn
m <- 2000
completed <- function(q) { i <- mice(q[c("before", "after")], method = "norm", m = m, maxit = 1, seed = 7, printFlag = FALSE)
  q$after[q$gone] <- 0; base <- q$after - q$before; list(base = base, drawn = as.matrix(i$imp$after), before = q$before[q$gone], gone = q$gone) }
sums <- function(c, delta) t(apply(c$drawn, 2, function(y) { x <- c$base; x[c$gone] <- y + delta - c$before; c(mean(x), var(x) / length(x), length(x) - 1) }))
ct1 <- completed(tr); ct0 <- completed(co)
pooled <- function(Q, U, dfcom) { B <- var(Q); t <- mean(U) + (1 + 1 / m) * B; c(mean(Q), sqrt(t), mice:::barnard.rubin(m, B, t, dfcom)) }
for (delta in c(0, -6)) {
  a <- sums(ct1, delta); b <- sums(ct0, 0)
  r <- pooled(a[, 1], a[, 2], nrow(tr) - 1); keep_t("one", paste0("imputed[", delta, "]"), r[1], r[2], r[3])
  U <- a[, 2] + b[, 2]
  r <- pooled(a[, 1] - b[, 1], U, mean(U^2 / (a[, 2]^2 / a[, 3] + b[, 2]^2 / b[, 3])))
  keep_t("two", paste0("imputed[trained · ", delta, "]"), r[1], r[2], r[3])
}

# Lee (2009), proposition 3, as published; more stayed in the comparison arm, which is trimmed
a1 <- mean(!co$gone); a0 <- mean(!tr$gone); share <- 1 - a0 / a1; y <- sort(stay0$change); k <- a0 * nrow(co)
trim <- function(y) { w <- pmin(pmax(k - (seq_along(y) - 1), 0), 1); c(sum(w * y) / k, y[ceiling(k)], sum(w * y^2) / k - (sum(w * y) / k)^2) }
pop <- function(x) mean((x - mean(x))^2)
se_lee <- function(t) {
  ED <- nrow(co) / n; q <- share
  vp <- (1 - q)^2 * ((1 - a0 / (1 - q)) / (ED * a0 / (1 - q)) + (1 - a0) / ((1 - ED) * a0))
  es <- a1 * ED
  sqrt((t[3] / (es * (1 - q)) + (t[2] - t[1])^2 * q / (es * (1 - q)) + ((t[2] - t[1]) / (1 - q))^2 * vp + pop(stay$change) / (a0 * (1 - ED))) / n)
}
lowest <- trim(y); highest <- trim(sort(-y))
keep("two", "lee_upper[trained]", "estimate", mean(stay$change) - lowest[1]); keep("two", "lee_upper[trained]", "std_error", se_lee(lowest))
keep("two", "lee_lower[trained]", "estimate", mean(stay$change) + highest[1]); keep("two", "lee_lower[trained]", "std_error", se_lee(highest))
gap <- (-highest[1] - lowest[1]) / max(se_lee(lowest), se_lee(highest))
C <- uniroot(function(c) pnorm(c + gap) - pnorm(-c) - .95, c(0, 3), tol = 1e-12)$root
keep("two", "lee_lower[trained]", "ci_low", mean(stay$change) + highest[1] - C * se_lee(highest))
keep("two", "lee_lower[trained]", "ci_high", mean(stay$change) - lowest[1] + C * se_lee(lowest))
write.csv(do.call(rbind, out), "dropout.csv", row.names = FALSE, quote = FALSE, fileEncoding = "UTF-8")
